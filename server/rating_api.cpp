#include "server/rating_api.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "assay/core/error.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/view/rater_agreement.h"

namespace assay::server {
namespace {

using RatingJson = nlohmann::json;
using asking::RaterPool;
using asking::RaterReply;

struct VerdictBody {
  std::string id;
  RaterReply reply = RaterReply::skip;
  store::Remark remark;
};

// To two digits: more is not known.
std::size_t roughly(std::size_t count) {
  std::size_t step = 1;
  while (count / step >= 100) step *= 10;
  return (count + step / 2) / step * step;
}

// What is left to judge, in a sentence that does not tell who leads.
std::string left_text(const RaterPool::Progress& progress) {
  if (progress.sure) return "Enough is judged: the answer is sure.";
  if (progress.decided) return "All is judged that was to be judged.";
  if (progress.to_decide > 0) {
    return "about " + report::grouped(roughly(progress.to_decide)) + " more would decide";
  }
  if (progress.budget) {
    return "at most " + report::grouped(*progress.budget - std::min(*progress.budget, progress.all)) + " more";
  }
  return "";
}

RaterReply reply_in(const std::string& word) {
  if (word == "1") return RaterReply::first;
  if (word == "2") return RaterReply::second;
  if (word == "0") return RaterReply::draw;
  if (word == "skip") return RaterReply::skip;
  throw InvalidArgument("expected a verdict \"1\", \"2\", \"0\" or \"skip\", came " + quoted(word));
}

// Throws InvalidArgument.
VerdictBody verdict_in(std::string_view body) {
  if (body.size() > RatingApi::kMostBody) throw InvalidArgument("the body is too large");
  VerdictBody result;
  try {
    const RatingJson json = RatingJson::parse(body);
    result.id = json.at("id").get<std::string>();
    result.reply = reply_in(json.at("verdict").get<std::string>());
    if (const auto note = json.find("note"); note != json.end() && !note->is_null()) {
      result.remark.note = note->get<std::string>();
    }
    if (const auto seconds = json.find("seconds"); seconds != json.end() && !seconds->is_null()) {
      result.remark.seconds = seconds->get<double>();
    }
  } catch (const RatingJson::exception&) {
    throw InvalidArgument("expected {\"id\": text, \"verdict\": text, \"note\": text, \"seconds\": number}");
  }
  if (result.remark.note.size() > RatingApi::kMostNote) {
    throw InvalidArgument(fmt::format("expected a note of at most {} bytes", RatingApi::kMostNote));
  }
  constexpr double kMostSeconds = 1e7;
  const std::optional<double> seconds = result.remark.seconds;
  if (seconds && !(*seconds >= 0 && *seconds <= kMostSeconds)) {
    throw InvalidArgument("expected seconds of at least 0");
  }
  return result;
}

// What fails is a reply, too.
template <typename Work>
RatingApi::Reply answered(const Work& work) {
  try {
    return work();
  } catch (const InvalidArgument& error) {
    return {400, api_error(error.what())};
  } catch (const std::exception& error) {
    return {500, api_error(error.what())};
  }
}

}  // namespace

std::string api_error(std::string_view sentence) { return report::Json::object().set("error", sentence).compact(); }

RatingApi::Reply RatingApi::desk(const RaterPool::Desk& desk, const std::string& rater, int status,
                                 std::string_view error) const {
  report::Json pairs = report::Json::array();
  for (const RaterPool::Pair& pair : desk.pairs) {
    pairs.add(report::Json::object()
                  .set("id", pair.id)
                  .set("prompt", pair.prompt)
                  .set("first", pair.first)
                  .set("second", pair.second)
                  .set("number", pair.number));
  }
  const RaterPool::Progress& at = desk.progress;
  report::Json json = report::Json::object();
  if (!error.empty()) json.set("error", error);
  json.set("rater", rater)
      .set("progress", report::Json::object()
                           .set("mine", at.mine)
                           .set("all", at.all)
                           .set("budget", at.budget ? report::Json(*at.budget) : report::Json())
                           .set("left", left_text(at))
                           .set("decided", at.decided))
      .set("pairs", std::move(pairs))
      .set("can_undo", desk.can_undo);
  return {status, json.compact()};
}

RatingApi::Reply RatingApi::rating(const std::string& rater, Time now) {
  return answered([&] { return desk(pool_.look(rater, now), rater); });
}

RatingApi::Reply RatingApi::verdict(const std::string& rater, std::string_view body, Time now) {
  return answered([&] {
    const VerdictBody verdict = verdict_in(body);
    const RaterPool::Took took = pool_.vote(rater, verdict.id, verdict.reply, verdict.remark, now);
    if (took == RaterPool::Took::no_such) {
      return desk(pool_.look(rater, now), rater, 409, "there is no such pair to judge any more");
    }
    return desk(pool_.look(rater, now), rater);
  });
}

RatingApi::Reply RatingApi::undo(const std::string& rater, Time now) {
  return answered([&] {
    const bool undone = pool_.undo(rater, now);
    return desk(pool_.look(rater, now), rater, undone ? 200 : 409,
                undone ? "" : "there is no verdict that can still be taken back");
  });
}

RatingApi::Reply RatingApi::agreement(const asking::Votes& votes) {
  return answered([&] { return Reply{200, view::to_json(asking::agreement_of(votes)).compact()}; });
}

report::Json RatingApi::progress() const {
  const RaterPool::Progress at = pool_.progress();
  report::Json raters = report::Json::array();
  for (const std::string& name : pool_.raters()) {
    raters.add(report::Json::object().set("name", name).set("verdicts", pool_.verdicts_of(name)));
  }
  return report::Json::object()
      .set("raters", std::move(raters))
      .set("all", at.all)
      .set("budget", at.budget ? report::Json(*at.budget) : report::Json())
      .set("left", left_text(at))
      .set("decided", at.decided);
}

}  // namespace assay::server

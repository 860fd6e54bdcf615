#include "assay/asking/command_oracle.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/core/error.h"

namespace assay::asking {
namespace {

using Request = nlohmann::ordered_json;

// Whatever a text holds, it stays one line of ASCII.
std::string line_of(const Request& request) {
  return request.dump(-1, ' ', true, Request::error_handler_t::replace);
}

// What was read of a reply, and what is wrong with it.
struct Reading {
  double value = std::numeric_limits<double>::quiet_NaN();
  std::string problem;
};

Reading verdict_in(const judge::ProgramReply& reply) {
  for (const Outcome outcome : {Outcome::win, Outcome::draw, Outcome::loss}) {
    if (reply.verdict == assay::name(outcome)) return {reward_of(outcome), {}};
  }
  Reading none;
  none.problem = reply.score ? "expected a verdict, came a score"
                             : "expected win, draw or loss, came " + assay::quoted(reply.verdict);
  return none;
}

Reading score_in(const judge::ProgramReply& reply, const Scale& scale) {
  Reading reading;
  if (!reply.score) {
    reading.problem = "expected a score, came a verdict";
  } else if (*reply.score >= scale.low && *reply.score <= scale.high) {
    reading.value = *reply.score;
  } else {
    reading.problem =
        fmt::format("expected a score from {:g} to {:g}, came {:g}", scale.low, scale.high, *reply.score);
  }
  return reading;
}

}  // namespace

CommandOracle::CommandOracle(const std::string& command, const JudgeTask& task, judge::ProgramHooks hooks)
    : command_(command), task_(task), program_(command, std::move(hooks)) {}

std::string CommandOracle::name() const {
  if (!task_.scores()) {
    return fmt::format("command:{}:{}:{}", command_.size(), command_, task_.comparison().baseline);
  }
  return fmt::format("command-scores:{}:{}:{},{}", command_.size(), command_, task_.scale().low,
                     task_.scale().high);
}

// A reference answer is shown, too.
std::optional<file::Digest> CommandOracle::fingerprint(std::size_t item) const {
  const JudgeTask::Texts shown = task_.texts(item);
  if (shown.reference.empty()) return task_.fingerprint(item);
  return file::digest(std::array{shown.prompt, shown.response, shown.baseline, shown.reference});
}

AskEnd CommandOracle::ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  const std::vector<Ask> complete = complete_asks(task_, asks, answered);
  if (complete.empty()) return {};
  program_.ask(
      complete.size(), [&](std::size_t i, std::uint64_t id) { return request(complete[i], id); },
      [&](std::size_t i, const judge::ProgramReply& reply) {
        const Reading reading = task_.scores() ? score_in(reply, task_.scale()) : verdict_in(reply);
        answered({complete[i], reading.value});
        return reply.failure.empty() ? reading.problem : reply.failure;
      });
  return {};
}

std::string CommandOracle::request(const Ask& ask, std::uint64_t id) const {
  const JudgeTask::Names names = task_.names(ask.item);
  const JudgeTask::Texts texts = task_.texts(ask.item);
  Request request;
  request["id"] = id;
  request["ask"] = task_.scores() ? "score" : "verdict";
  request["query"] = names.query;
  request["model"] = names.model;
  if (!task_.scores()) {
    request["baseline"] = task_.comparison().baseline;
  } else {
    request["turn"] = names.turn;
    request["repeat"] = ask.repeat;
    request["scale"] = {task_.scale().low, task_.scale().high};
  }
  request["prompt"] = texts.prompt;
  request["response"] = texts.response;
  if (!task_.scores()) request["baseline_response"] = texts.baseline;
  if (!texts.reference.empty()) request["reference"] = texts.reference;
  return line_of(request);
}

}  // namespace assay::asking

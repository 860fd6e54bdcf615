#include "assay/asking/run_ahead.h"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <utility>

namespace assay::asking {
namespace {

using Json = nlohmann::json;

std::string ahead_name(const std::string& run) { return "ahead of " + run; }

}  // namespace

std::vector<AsksAhead> asks_ahead(const store::Study& study, const std::string& run) {
  std::vector<AsksAhead> ahead;
  const std::optional<std::string> text = run.empty() ? std::nullopt : study.remembered(ahead_name(run));
  if (!text) return ahead;
  try {
    for (const Json& one : Json::parse(*text)) {
      const AsksAhead step{one.at(0).get<std::size_t>(), one.at(1).get<std::size_t>()};
      if (step.asks == 0 || (!ahead.empty() && step.from <= ahead.back().from)) return {};
      ahead.push_back(step);
    }
  } catch (const Json::exception&) {  // what another program wrote there is as good as nothing
    return {};
  }
  return ahead;
}

void remember_asks_ahead(store::Study& study, const std::string& run, const AsksAhead& ahead) {
  if (run.empty() || !study.writable()) return;
  std::vector<AsksAhead> all = asks_ahead(study, run);
  while (!all.empty() && all.back().from >= ahead.from) all.pop_back();
  if (!all.empty() && all.back().asks == ahead.asks) return;
  all.push_back(ahead);
  Json json = Json::array();
  for (const AsksAhead& one : all) json.push_back({one.from, one.asks});
  study.remember(ahead_name(run), json.dump());
}

RunAhead::RunAhead(SelectRun& run, std::vector<AsksAhead> ahead) : run_(&run), ahead_(std::move(ahead)) {}

std::size_t RunAhead::asks_now() const {
  std::size_t asks = 1;
  for (const AsksAhead& step : ahead_) {
    if (step.from <= taken_) asks = step.asks;
  }
  return asks;
}

void RunAhead::set_asks(std::size_t asks) {
  std::erase_if(ahead_, [&](const AsksAhead& step) { return step.from >= taken_; });
  ahead_.push_back({taken_, asks});
}

void RunAhead::ask(std::vector<Ask>& asks) {
  const std::size_t most = asks_now();
  while (!ended() && out() < most) {
    const std::vector<Ask> next = run_->next(1);
    if (next.empty()) break;
    asks.insert(asks.end(), next.begin(), next.end());
  }
}

void RunAhead::take(const Answer& answer) {
  run_->take(std::span(&answer, 1));
  ++taken_;
}

AskEnd drive(RunAhead& run, KeptAnswers& answers, const std::function<void()>& stepped) {
  std::deque<Ask> out;
  std::vector<Answer> taken;
  while (!run.ended()) {
    std::vector<Ask> asks;
    run.ask(asks);
    out.insert(out.end(), asks.begin(), asks.end());
    if (out.empty()) return {};
    taken.clear();
    AskEnd end = answers.get(std::span(&out.front(), 1), taken);
    if (taken.empty()) return end;
    run.take(taken.front());
    out.pop_front();
    if (stepped) stepped();
  }
  return {};
}

}  // namespace assay::asking

#include "assay/asking/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/core/error.h"

namespace assay::asking {

std::vector<Ask> Run::next(std::size_t limit) {
  std::vector<Ask> asks;
  while (!again_.empty() && asks.size() < limit) {
    asks.push_back(again_.front());
    again_.pop_front();
  }
  const std::size_t open = out_.size() + asks.size();
  if (asks.empty() && !over() && left() > open) {
    const std::size_t most = std::min(limit, left() - open);
    asks = propose(most);
    events_.emplace_back(most);
  }
  for (const Ask& ask : asks) out_.emplace(key_of(ask), ask);
  return asks;
}

void Run::take(std::span<const Answer> answers) {
  for (const Answer& answer : answers) {
    if (out_.contains(key_of(answer.ask))) continue;
    throw InvalidArgument(fmt::format("an answer to item {}, repeat {}, which was not asked for or has its answer",
                                      answer.ask.item, answer.ask.repeat));
  }
  if (answers.empty()) return;
  for (const Answer& answer : answers) out_.erase(key_of(answer.ask));
  observe(answers);
  events_.emplace_back(std::vector<Answer>(answers.begin(), answers.end()));
}

std::optional<Ask> Run::take_back() {
  for (std::size_t i = events_.size(); i-- > 0;) {
    const auto* answers = std::get_if<std::vector<Answer>>(&events_[i]);
    if (answers == nullptr) continue;
    const auto last =
        std::find_if(answers->rbegin(), answers->rend(), [](const Answer& one) { return !one.known; });
    if (last == answers->rend()) continue;
    const Ask ask = last->ask;
    std::vector<Event> before(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(i));
    std::vector<Answer> kept(answers->begin(), std::prev(last.base()));
    if (!kept.empty()) before.emplace_back(std::move(kept));
    replay(before);
    return ask;
  }
  return std::nullopt;
}

void Run::replay(std::span<const Event> events) {
  restart();
  events_.clear();
  out_.clear();
  again_.clear();
  for (const Event& event : events) {
    if (const auto* most = std::get_if<std::size_t>(&event)) {
      for (const Ask& ask : propose(*most)) again_.push_back(ask);
    } else {
      const auto& answers = std::get<std::vector<Answer>>(event);
      for (const Answer& answer : answers) std::erase(again_, answer.ask);
      observe(answers);
    }
    events_.push_back(event);
  }
}

}  // namespace assay::asking

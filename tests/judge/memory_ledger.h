#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/paid_calls.h"
#include "assay/judge/call_failure.h"

namespace assay {

/// Paid calls in memory.
class MemoryLedger : public CallLedger {
 public:
  std::optional<PaidCall> find(const CallKey& key) override {
    const auto found = answers_.find({std::string(key.request), key.repeat});
    return found == answers_.end() ? std::nullopt : std::optional(found->second);
  }
  void keep(const CallKey& key, const PaidCall& call) override {
    if (calls.size() >= room) throw Error("no space left");
    calls.push_back(call);
    calls.back().number = static_cast<std::int64_t>(calls.size());
    if (call.failure == 0) answers_[{std::string(key.request), key.repeat}] = calls.back();
  }
  ReplyLengths reply_lengths(std::string_view /*url*/, std::string_view /*model*/) override {
    ReplyLengths lengths;
    for (const PaidCall& call : calls) {
      if (call.failure != 0) continue;
      ++lengths.replies;
      if (!call.tokens_out) continue;
      ++lengths.billed;
      lengths.tokens +=
          (static_cast<double>(*call.tokens_out) - lengths.tokens) / static_cast<double>(lengths.billed);
    }
    return lengths;
  }
  void begin_group() override { ++groups; }
  void end_group() override { --groups; }
  Money spent() override {
    Money sum = lost;
    for (const PaidCall& call : calls) sum += call.cost.value_or(Money{});
    return sum;
  }
  Money lost_to_kills() override { return lost; }
  void under_way(Money at_most) override {
    in_flight = at_most;
    most_in_flight = std::max(most_in_flight, at_most);
  }
  void recover() override {
    lost += in_flight;
    in_flight = {};
  }

  std::size_t count(judge::CallFailure failure) const {
    std::size_t result = 0;
    for (const PaidCall& call : calls) result += call.failure == static_cast<std::uint8_t>(failure) ? 1 : 0;
    return result;
  }

  std::vector<PaidCall> calls;
  std::size_t room = static_cast<std::size_t>(-1);  // calls that can be kept
  int groups = 0;                                   // that are open
  Money in_flight, most_in_flight, lost;

 private:
  std::map<std::pair<std::string, std::uint32_t>, PaidCall> answers_;
};

}  // namespace assay

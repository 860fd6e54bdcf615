#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "assay/core/paid_calls.h"

namespace assay::asking {

/// Paid calls of one session, which nobody needs when it is over.
class SessionCalls : public CallLedger {
 public:
  std::optional<PaidCall> find(const CallKey& key) override;
  ReplyLengths reply_lengths(std::string_view url, std::string_view model) override;
  void keep(const CallKey& key, const PaidCall& call) override;
  void begin_group() override {}
  void end_group() override {}
  Money spent() override;
  void under_way(Money /*at_most*/) override {}  // it ends with the process
  void recover() override {}
  Money lost_to_kills() override { return {}; }

  const std::vector<PaidCall>& calls() const { return calls_; }  ///< In the order in which they were kept.

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::uint32_t>;

  std::vector<PaidCall> calls_;
  std::map<Key, std::size_t> answered_;  // without failure, index of the first
};

}  // namespace assay::asking

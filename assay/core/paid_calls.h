#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "assay/core/money.h"

namespace assay {

/// What makes a request to a paid judge the same request. All text is borrowed.
struct CallKey {
  std::string_view url;      ///< Of the endpoint; holds no secret.
  std::string_view model;    ///< Whose price it is.
  std::string_view request;  ///< The whole body.
  std::uint32_t repeat = 0;  ///< From 0: the same request asked once more, on purpose.
};

/// One request that was sent, and what came of it. A request that is tried again is paid for again.
struct PaidCall {
  std::uint8_t failure = 0;                ///< A judge/call_failure.h; 0: none.
  std::string content;                     ///< What the judge said; of a failure without a reply, what happened.
  std::optional<std::uint64_t> tokens_in;  ///< As billed; empty: unknown.
  std::optional<std::uint64_t> tokens_out;
  std::optional<Money> cost;  ///< At most this was billed; empty: the model's price is not known.
  bool certain = true;        ///< Exactly this was billed, as far as the prices are right.
  std::int64_t number = 0;    ///< What is kept later has a larger one. Given by the ledger.
};

/// What an endpoint's model has replied so far, as far as it was billed.
struct ReplyLengths {
  std::size_t replies = 0;  ///< Calls without failure.
  std::size_t billed = 0;   ///< Of these, with a known length.
  double tokens = 0;        ///< Mean of those, in tokens out; 0 without one.
};

/// Where paid calls are kept, so that nothing is paid for twice. Failures are kept too: they count, but answer
/// nothing.
class CallLedger {
 public:
  virtual ~CallLedger() = default;

  /// What a call without failure for this key gave; empty if there was none.
  virtual std::optional<PaidCall> find(const CallKey& key) = 0;
  virtual ReplyLengths reply_lengths(std::string_view url, std::string_view model) = 0;
  /// Safe from a kill of the process when it returns, or, within a group, when that is over.
  virtual void keep(const CallKey& key, const PaidCall& call) = 0;
  /// What is kept between these two is written together: replies that arrived in one instant. Answers too.
  virtual void begin_group() = 0;
  virtual void end_group() = 0;
  /// What all calls kept cost, at most, as far as prices are known, and what was lost.
  virtual Money spent() = 0;

  /// From now on calls for up to this much are under way: what is lost if the process is killed.
  virtual void under_way(Money at_most) = 0;
  /// To be called before the first call of a run: what an earlier run had under way when it was killed is lost.
  virtual void recover() = 0;
  /// Of `spent`, what calls may have cost that were under way when runs were killed, at most.
  virtual Money lost_to_kills() = 0;
};

}  // namespace assay

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/money.h"

namespace assay::judge {

/// What a model's endpoint bills for a million tokens.
struct Price {
  Money in;                             ///< Of the prompt.
  Money out;                            ///< Of the reply.
  std::optional<Money> cached_in = {};  ///< Of the part of the prompt that was in its cache; empty: as `in`.
};

/// Cost of a call, rounded up to a micro-dollar. `cached_in`: of the `tokens_in`, those from the cache.
Money cost(const Price& price, std::uint64_t tokens_in, std::uint64_t tokens_out, std::uint64_t cached_in = 0);
/// The same in dollars, not rounded: for sums of many small calls.
double exact_dollars(const Price& price, std::uint64_t tokens_in, std::uint64_t tokens_out);
/// Of batches, which cost half; rounded up.
Price halved(const Price& price);
/// At most, whatever was in the cache.
Money most_cost(const Price& price, std::uint64_t tokens_in, std::uint64_t tokens_out);

/// No tokenizer in use makes more tokens of a prompt: one a byte, and what frames a message.
constexpr std::uint64_t most_tokens(std::size_t bytes) { return bytes + 32; }
/// What is to be expected of prose, about four bytes a token.
constexpr std::uint64_t likely_tokens(std::size_t bytes) { return bytes / 4 + 16; }

/// Prices by model.
class PriceList {
 public:
  /// {"MODEL": {"in": 0.15, "out": 0.6, "unit": "dollars"}, ...}: dollars per million tokens, 0 to 10^4, at most
  /// six decimals; "cached_in" may stand beside them. With "unit": "micro-dollars", or without a unit: whole
  /// micro-dollars per million tokens, 0 to 10^12; 150000 are 0.15 dollars. Each model has its own unit, so that a
  /// line can be copied to another file. What could be meant in the other unit, a name that is not known and one
  /// that comes twice are refused. Throws DataError that begins with `name` and says what was expected.
  static PriceList from_json(std::string_view text, std::string_view name);

  std::optional<Price> of(std::string_view model) const;
  /// Of all models, sorted.
  std::vector<std::string> models() const;

 private:
  std::map<std::string, Price, std::less<>> prices_;
};

/// What may be spent, calls under way included.
class Budget {
 public:
  /// `most` empty: no limit. `spent` before this run.
  Budget(std::optional<Money> most, Money spent) : most_(most), spent_(spent) {}

  /// Sets `amount` aside for a call; false, and nothing is changed, where that would pass the limit.
  bool reserve(Money amount);
  /// The call is over: it cost `cost`, of the `amount` that was set aside.
  void settle(Money amount, Money cost);

  Money spent() const { return spent_; }
  Money reserved() const { return reserved_; }
  std::optional<Money> most() const { return most_; }

  /// What a ledger was told to be under way at most, by whoever shares this budget.
  Money marked() const { return marked_; }
  void mark(Money at_most) { marked_ = at_most; }

 private:
  std::optional<Money> most_;
  Money spent_;
  Money reserved_;
  Money marked_;
};

}  // namespace assay::judge

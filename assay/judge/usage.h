#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "assay/core/money.h"
#include "assay/http/api_json.h"
#include "assay/judge/prices.h"

namespace assay::judge {

/// \file
/// What an endpoint says that a reply used, and what that costs.
///
///     const Usage usage = usage_of({{"prompt_tokens", 100}, {"completion_tokens", 20}, {"total_tokens", 420}});
///     const Bill bill = bill_of(usage, price, {prompt_bytes, max_tokens}, set_aside);  // 320 tokens out, certain

/// Tokens as far as the fields of "usage" tell them.
struct Usage {
  /// What all fields together say; where they contradict each other, the most that one of them says.
  std::optional<std::uint64_t> tokens_in;
  std::optional<std::uint64_t> tokens_out;  ///< Reasoning included, also where it is billed beside the reply.
  std::uint64_t cached_in = 0;              ///< Of `tokens_in`, those that were in the endpoint's cache.
  std::optional<std::uint64_t> total;
  /// Of `tokens_out`, those of thoughts: as told, or what the total has beyond prompt and reply.
  std::optional<std::uint64_t> reasoning;
  std::vector<std::string_view> told = {};  ///< Names of the counts that are there, as the endpoint has them.
  bool certain = false;                     ///< Both counts are told, and no field says otherwise.
};

/// Reads the object "usage" of a reply. Numbers may be written 12.0. What is no count of tokens (negative, a
/// fraction, a text) makes the rest uncertain.
Usage usage_of(const http::ApiJson& told);

/// What is known of a request before its reply.
struct Asked {
  std::size_t prompt_bytes = 0;
  std::size_t max_tokens = 0;
};

struct Bill {
  Money cost;            ///< At most.
  bool certain = false;  ///< Exactly this, as far as the price is right.
};

/// What the reply costs. Where the usage does not tell: what was set aside, or more if a field says more.
Bill bill_of(const Usage& usage, const Price& price, const Asked& asked, Money set_aside);

}  // namespace assay::judge

#include "assay/judge/usage.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/http/api_json.h"

namespace assay::judge {
namespace {

using http::ApiJson;
using http::member;

// Larger ones are nonsense, and would overflow sums.
constexpr double kMostTokens = 1e9;

// The counts of one "usage", and whether any of them is none.
class CountReader {
 public:
  explicit CountReader(const ApiJson& usage) : usage_(usage) {}

  std::optional<std::uint64_t> at(const ApiJson& object, const char* name) {
    const ApiJson& count = member(object, name);
    if (count.is_null()) return std::nullopt;
    const double number = count.is_number() ? count.get<double>() : -1;
    if (number >= 0 && number <= kMostTokens && number == std::floor(number)) {
      told_.emplace_back(name);
      return static_cast<std::uint64_t>(number);
    }
    odd_ = true;
    return std::nullopt;
  }
  // The first of the names that the endpoint knows.
  std::optional<std::uint64_t> either(const char* one, const char* other) {
    const std::optional<std::uint64_t> count = at(usage_, one);
    return count ? count : at(usage_, other);
  }
  std::optional<std::uint64_t> detail(const char* one, const char* other, const char* name) {
    const std::optional<std::uint64_t> count = at(member(usage_, one), name);
    return count ? count : at(member(usage_, other), name);
  }
  bool odd() const { return odd_; }
  std::vector<std::string_view> told() && { return std::move(told_); }

 private:
  const ApiJson& usage_;
  bool odd_ = false;
  std::vector<std::string_view> told_;
};

// Tokens out of a reply whose prompt is known, as the reply's length, the total and the reasoning tell them.
void settle_out(std::uint64_t in, std::optional<std::uint64_t> reply, std::optional<std::uint64_t> reasoning,
                Usage& usage) {
  const std::uint64_t thought = reasoning.value_or(0);
  if (!usage.total) {
    if (!reply) return;
    // Reasoning is part of the reply or stands beside it: without a total nobody can tell.
    usage.tokens_out = *reply + thought;
    usage.certain = thought == 0 || thought > *reply;
    return;
  }
  if (*usage.total < in) {  // what the total is of is anybody's guess
    usage.tokens_out = std::max(reply.value_or(0) + thought, *usage.total);
    return;
  }
  const std::uint64_t rest = *usage.total - in;
  if (!reply) {
    usage.tokens_out = std::max(rest, thought);
    usage.certain = rest >= thought;
    return;
  }
  const bool within = rest == *reply && thought <= *reply;
  const bool beside = rest == *reply + thought;
  const bool untold = rest > *reply && !reasoning;  // what is billed beside the reply has no name
  usage.certain = within || beside || untold;
  if (untold) usage.reasoning = rest - *reply;
  usage.tokens_out = usage.certain ? rest : std::max(rest, *reply + thought);
}

}  // namespace

Usage usage_of(const ApiJson& told) {
  Usage usage;
  if (!told.is_object()) return usage;
  CountReader read(told);
  usage.tokens_in = read.either("prompt_tokens", "input_tokens");
  const std::optional<std::uint64_t> reply = read.either("completion_tokens", "output_tokens");
  const std::optional<std::uint64_t> reasoning =
      read.detail("completion_tokens_details", "output_tokens_details", "reasoning_tokens");
  usage.total = read.at(told, "total_tokens");
  usage.reasoning = reasoning;
  if (usage.tokens_in) {
    settle_out(*usage.tokens_in, reply, reasoning, usage);
    const std::uint64_t cached =
        read.detail("prompt_tokens_details", "input_tokens_details", "cached_tokens").value_or(0);
    if (cached <= *usage.tokens_in) usage.cached_in = cached;
  } else if (reply) {
    usage.tokens_out = *reply + reasoning.value_or(0);
    // The rest of the total is the prompt, unless thoughts hide in it: it may not be taken for certain.
    if (usage.total && *usage.total >= *reply) usage.tokens_in = *usage.total - *reply;
    if (usage.tokens_in && reasoning) usage.tokens_out = std::max(*usage.tokens_out, *reply + *reasoning);
  }
  if (read.odd()) usage.certain = false;
  usage.told = std::move(read).told();
  return usage;
}

Bill bill_of(const Usage& usage, const Price& price, const Asked& asked, Money set_aside) {
  if (usage.certain) return {cost(price, *usage.tokens_in, *usage.tokens_out, usage.cached_in), true};
  // A total alone bounds it: every token at the dearer price.
  if (usage.total && *usage.total > 0 && !usage.tokens_in && !usage.tokens_out) {
    const Price dearest{std::max({price.in, price.out, price.cached_in.value_or(Money{})}), {}};
    return {std::max(set_aside, cost(dearest, *usage.total, 0)), false};
  }
  const Money told = most_cost(price, usage.tokens_in.value_or(most_tokens(asked.prompt_bytes)),
                               usage.tokens_out.value_or(asked.max_tokens));
  return {std::max(set_aside, told), false};
}

}  // namespace assay::judge

#include "assay/text/kgram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>

namespace assay::text {
namespace {

// A k-gram is a node: the node of its first k - 1 tokens, extended by its last token. The nodes of order k are
// numbered 0, 1, ... in order of appearance, so that (node, token) is an exact key for order k + 1.
class Nodes {
 public:
  /// Room for `count` nodes; forgets all.
  void reset(std::size_t count) {
    slots_.assign(std::bit_ceil(2 * count + 2), Slot{});
    shift_ = 64U - static_cast<unsigned>(std::countr_zero(slots_.size()));
    size_ = 0;
  }

  /// Number of the node (parent, token), new or not.
  std::uint32_t find_or_add(std::uint32_t parent, std::uint32_t token) {
    const std::uint64_t key = ((static_cast<std::uint64_t>(parent) << 32U) | token) + 1;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = (key * 0x9E3779B97F4A7C15ULL) >> shift_;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.key == key) return slot.node;
      if (slot.key == 0) {
        slot = {key, size_};
        return size_++;
      }
    }
  }

  std::uint32_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t key = 0;  // 0: free
    std::uint32_t node = 0;
  };
  std::vector<Slot> slots_;
  unsigned shift_ = 0;
  std::uint32_t size_ = 0;
};

class Likelihoods {
 public:
  Likelihoods(const TokenSequence& sequence, const KgramOptions& options)
      : sequence_(sequence), options_(options), positions_(sequence.tokens.size()) {}

  std::vector<double> compute();

 private:
  void count_order();
  void score_text(std::size_t text, std::span<double> likelihood);
  void own_counts(std::size_t text, std::uint32_t sign);
  double probability(std::size_t position) const;

  const TokenSequence& sequence_;
  const KgramOptions& options_;
  std::size_t positions_;
  Nodes nodes_;
  // For each position: the node of the order being counted, and of the context before it (order - 1).
  std::vector<std::uint32_t> node_;
  std::vector<std::uint32_t> context_;
  std::vector<std::uint32_t> count_;             // by node
  std::vector<std::uint32_t> context_count_;     // by context: positions that continue it
  std::vector<std::uint32_t> context_distinct_;  // by context: distinct continuations
  std::vector<double> shorter_;                  // by position: probability under the next shorter order
};

// The node that stands before a text's first token: one start mark, the same for all orders.
constexpr std::uint32_t kStart = 0;

std::vector<double> Likelihoods::compute() {
  const std::size_t texts = sequence_.texts();
  std::vector<double> result(options_.max_order * texts, 0.0);
  node_.assign(positions_, kStart);
  context_.assign(positions_, kStart);
  const double uniform = 1.0 / std::max<std::uint32_t>(1, sequence_.vocabulary);
  shorter_.assign(positions_, uniform);
  for (std::size_t k = 1; k <= options_.max_order; ++k) {
    count_order();
    for (std::size_t i = 0; i < texts; ++i) {
      score_text(i, std::span(result).subspan((k - 1) * texts, texts));
    }
    // The k-gram that ends before a position is its context of order k + 1; before a first token stays the start
    // mark.
    for (std::size_t i = 0; i < texts; ++i) {
      const std::size_t begin = sequence_.bounds[i];
      for (std::size_t p = sequence_.bounds[i + 1]; p-- > begin + 1;) context_[p] = node_[p - 1] + 1;
    }
  }
  return result;
}

void Likelihoods::count_order() {
  nodes_.reset(positions_);
  const std::size_t contexts = positions_ + 1;
  count_.assign(positions_, 0);
  context_count_.assign(contexts, 0);
  context_distinct_.assign(contexts, 0);
  for (std::size_t p = 0; p < positions_; ++p) {
    const std::uint32_t before = nodes_.size();
    const std::uint32_t node = nodes_.find_or_add(context_[p], sequence_.tokens[p]);
    node_[p] = node;
    ++count_[node];
    ++context_count_[context_[p]];
    if (nodes_.size() != before) ++context_distinct_[context_[p]];
  }
}

// Takes a text's own k-grams out of the counts (sign -1 as unsigned) or puts them back (1).
void Likelihoods::own_counts(std::size_t text, std::uint32_t sign) {
  for (std::size_t p = sequence_.bounds[text]; p < sequence_.bounds[text + 1]; ++p) {
    const bool was = count_[node_[p]] != 0;
    count_[node_[p]] += sign;
    context_count_[context_[p]] += sign;
    if (was != (count_[node_[p]] != 0)) context_distinct_[context_[p]] += sign;
  }
}

double Likelihoods::probability(std::size_t position) const {
  const double count = count_[node_[position]];
  const double context = context_count_[context_[position]];
  if (options_.smoothing == Smoothing::additive) {
    return (count + options_.delta) / (context + options_.delta * sequence_.vocabulary);
  }
  const double distinct = context_distinct_[context_[position]];
  if (context == 0) return shorter_[position];
  return (count + distinct * shorter_[position]) / (context + distinct);
}

void Likelihoods::score_text(std::size_t text, std::span<double> likelihood) {
  const std::size_t begin = sequence_.bounds[text];
  const std::size_t end = sequence_.bounds[text + 1];
  if (begin == end) return;
  if (options_.leave_one_out) own_counts(text, static_cast<std::uint32_t>(-1));
  double sum = 0;
  // Logs are dear: multiply mantissas, add exponents.
  double mantissa = 1;
  long exponent = 0;
  for (std::size_t p = begin; p < end; ++p) {
    const double probability_here = probability(p);
    shorter_[p] = probability_here;
    if (options_.mean == LikelihoodMean::arithmetic) {
      sum += probability_here;
    } else {
      mantissa *= probability_here;
      if (mantissa < 0x1p-500) {
        int shift = 0;
        mantissa = std::frexp(mantissa, &shift);
        exponent += shift;
      }
    }
  }
  if (options_.leave_one_out) own_counts(text, 1);
  const auto tokens = static_cast<double>(end - begin);
  if (options_.mean == LikelihoodMean::arithmetic) {
    likelihood[text] = sum / tokens;
  } else {
    const double log_sum = std::log(mantissa) + static_cast<double>(exponent) * std::log(2.0);
    likelihood[text] = std::exp(log_sum / tokens);
  }
}

}  // namespace

std::vector<double> kgram_likelihoods(const TokenSequence& sequence, const KgramOptions& options) {
  return Likelihoods(sequence, options).compute();
}

}  // namespace assay::text

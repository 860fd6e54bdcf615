#include "tests/reference/kgram.h"

#include <cmath>
#include <limits>
#include <map>

namespace assay {
namespace {

using Tokens = std::vector<std::uint32_t>;
using Counts = std::map<Tokens, std::map<std::uint32_t, int>>;  // context -> token -> count

constexpr std::uint32_t kMark = std::numeric_limits<std::uint32_t>::max();

Tokens context_of(const Tokens& text, std::size_t at, std::size_t order) {
  Tokens context;
  for (std::size_t back = order - 1; back > 0; --back) context.push_back(at >= back ? text[at - back] : kMark);
  return context;
}

struct Model {
  std::vector<Counts> by_order;  // entry k - 1: order k
  std::uint32_t vocabulary;
  const text::KgramOptions& options;

  double probability(const Tokens& text, std::size_t at, std::size_t order) const {
    if (order == 0) return 1.0 / vocabulary;
    double count = 0;
    double total = 0;
    double distinct = 0;
    const auto found = by_order[order - 1].find(context_of(text, at, order));
    if (found != by_order[order - 1].end()) {
      distinct = static_cast<double>(found->second.size());
      for (const auto& [token, times] : found->second) {
        total += times;
        if (token == text[at]) count = times;
      }
    }
    if (options.smoothing == text::Smoothing::additive)
      return (count + options.delta) / (total + options.delta * vocabulary);
    const double shorter = probability(text, at, order - 1);
    return total == 0 ? shorter : (count + distinct * shorter) / (total + distinct);
  }
};

}  // namespace

double reference_kgram_likelihood(const std::vector<Tokens>& texts, std::size_t text, std::size_t order,
                                  std::uint32_t vocabulary, const text::KgramOptions& options) {
  const Tokens& scored = texts[text];
  if (scored.empty()) return 0;
  Model model{std::vector<Counts>(order), vocabulary, options};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (options.leave_one_out && i == text) continue;
    for (std::size_t at = 0; at < texts[i].size(); ++at) {
      for (std::size_t k = 1; k <= order; ++k) ++model.by_order[k - 1][context_of(texts[i], at, k)][texts[i][at]];
    }
  }
  double sum = 0;
  for (std::size_t at = 0; at < scored.size(); ++at) {
    const double p = model.probability(scored, at, order);
    sum += options.mean == text::LikelihoodMean::arithmetic ? p : std::log(p);
  }
  sum /= static_cast<double>(scored.size());
  return options.mean == text::LikelihoodMean::arithmetic ? sum : std::exp(sum);
}

}  // namespace assay

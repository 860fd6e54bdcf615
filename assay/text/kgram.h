#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "assay/text/tokens.h"

// How likely texts are, each under a model of all of them. An example of use:
//
//   const std::vector<std::string_view> texts = {"a rose is a rose", "a rose"};
//   const TokenSequence tokens = tokenize(texts, TokenKind::word);
//   const std::vector<double> values = kgram_likelihoods(tokens, {.max_order = 3});
//   const double value = values[(2 - 1) * tokens.texts() + 1];  // order 2, text 1

#pragma GCC visibility push(default)

namespace assay::text {

/// How counts become probabilities.
enum class Smoothing : std::uint8_t {
  witten_bell,  ///< Interpolated with the next shorter context by the number of distinct continuations (Witten
                ///< and Bell 1991); no parameter.
  additive,     ///< (count + delta) / (context count + delta * vocabulary), each order alone.
};

/// Mean of a response's token probabilities.
enum class LikelihoodMean : std::uint8_t {
  geometric,   ///< exp of the mean log probability: one over the perplexity.
  arithmetic,  ///< Mean probability.
};

struct KgramOptions {
  std::size_t max_order = 10;  ///< Orders 1 .. max_order are computed.
  Smoothing smoothing = Smoothing::witten_bell;
  double delta = 0.1;  ///< For `additive`; > 0.
  LikelihoodMean mean = LikelihoodMean::geometric;
  bool leave_one_out = false;  ///< A text's own k-grams are not counted when it is scored.
};

/// Average sequence likelihood of each text under k-gram models of all texts of `sequence`:
/// result[(k - 1) * texts + i] for order k and text i, in (0, 1]. An empty text has likelihood 0.
/// Before the first token of a text stand start marks; there is no end mark.
/// O(max_order * tokens) time, O(tokens) memory.
std::vector<double> kgram_likelihoods(const TokenSequence& sequence, const KgramOptions& options);

}  // namespace assay::text

#pragma GCC visibility pop

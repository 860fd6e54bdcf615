#pragma once

#include <cstddef>
#include <string>

#include "assay/core/progress.h"
#include "assay/core/responses.h"
#include "assay/select/weak_verdicts.h"
#include "assay/text/kgram.h"
#include "assay/text/tokens.h"

// Makes weak verdicts of the texts alone, without a paid judge. An example of use:
//
//   WeakJudgeOptions options;
//   options.kgram.max_order = 5;
//   const WeakVerdicts verdicts = judge_weakly(responses, options);  // of five judges

#pragma GCC visibility push(default)

namespace assay::select {

/// What LLM SELECTOR leaves open about its weak judges. The defaults were chosen by measurement, see
/// docs/results/published-strategies.md.
struct WeakJudgeOptions {
  text::TokenKind tokens = text::TokenKind::character;
  text::KgramOptions kgram;  ///< Judge k uses order k, k = 1 .. kgram.max_order.
  bool pooled = false;       ///< Count k-grams over the responses to all queries, not to each query alone.
  double draw_share = 0.1;   ///< Tie band: the share of a judge's pairs, those with the closest ratios, that are
                             ///< draws; in [0, 1).

  /// All options in one line: names what is computed, also in the study file.
  std::string describe() const;
};

/// Verdicts of the weak judges (arXiv 2510.09418, section 3). Judge k compares two average sequence likelihoods
/// under its k-gram model: that of a response, and that of the baseline's response. The larger one wins; close
/// ratios are draws. There is no verdict where a response is missing. Runs in parallel over queries (pooled: on
/// one core); `threads` 0: one per core. Throws InvalidArgument for options out of range. O(max_order * tokens).
WeakVerdicts judge_weakly(const ResponseTable& responses, const WeakJudgeOptions& options, std::size_t threads = 0,
                          const Progress& progress = {});

}  // namespace assay::select

#pragma GCC visibility pop

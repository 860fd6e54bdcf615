#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "assay/core/progress.h"
#include "assay/core/records.h"

namespace assay::data {

struct SyntheticOptions {
  std::size_t models = 20;    ///< 1 .. 10,000
  std::size_t queries = 300;  ///< 1 .. 1,000,000
  std::uint64_t seed = 1;
  double spread = 0.5;  ///< Standard deviation of the models' abilities, >= 0; 0: all models are equal.
};

/// A model of a synthetic study and its win rate against the baseline over all queries that the generator might
/// draw.
struct SyntheticModel {
  std::string name;
  double ability = 0;
  double win_rate = 0;
};

/// Emits prompts, responses, and verdicts of judge "synthetic" against model "baseline". The generator:
///
///   ability      a_j ~ N(0, spread^2), baseline 0
///   query        discrimination d_q in {1/2, 1, 3/2}, equally likely
///   quality      s_qj = d_q a_j + N(0, 1), likewise of the baseline
///   verdict      s_qj - s_q0 above 1/4 win, below -1/4 loss, else draw
///   win rate     mean over d of [cdf((d a_j - 1/4) / sqrt 2) + cdf((d a_j + 1/4) / sqrt 2)] / 2
///   response     the query has an ideal answer of 30 to 60 words; each stands in the response with probability
///                1 / (1 + exp(-(s_qj / 2 + N(0, 1)))), else one of twelve stock words does; so good responses are
///                rather alike, as weak judges suppose
///
/// Returns the models in order of name. Throws InvalidArgument for options out of range. O(models * queries).
std::vector<SyntheticModel> generate(const SyntheticOptions& options, RecordSink& sink,
                                     const Progress& progress = {});

}  // namespace assay::data

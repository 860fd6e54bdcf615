#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/sim/ensemble_replay.h"

namespace assay::sim {

/// Tenths of stated probabilities.
inline constexpr std::size_t kCalibrationBins = 10;

/// Rules with calibrated probabilities: the log likelihood of the true labels under them is information.
inline constexpr std::array<std::string_view, 2> kReaders = {"logit", "pattern"};

/// One stopping chance: entries in the order of `EnsembleSplit::tested`.
struct StoppedAnswers {
  std::vector<std::uint16_t> asked;  ///< Members.
  std::vector<std::uint8_t> right;
  std::vector<std::uint8_t> stayed;  ///< All members answer the same.
  std::vector<float> stated;         ///< The chance of it.
};

/// What came of one split. A cell is (method, rule, size - 1).
struct EnsembleSplit {
  std::vector<std::vector<std::uint32_t>> right;  ///< A cell each: queries that were answered rightly.
  std::vector<std::size_t> most;                  ///< By method: the largest ensemble.
  std::vector<std::string> refused;               ///< By method.
  std::vector<std::uint32_t> tested;
  std::vector<std::vector<float>> nats;  ///< By reader and size, in the order of `tested`.
  std::vector<EnsembleReplay::Calibration> calibration;
  std::vector<StoppedAnswers> stopped;    ///< By EnsembleSetup::sure.
  std::vector<std::uint8_t> right_all;    ///< In the order of `tested`: by all members.
  std::vector<std::uint16_t> of_members;  ///< Likewise: how many there are.
  std::size_t ties = 0, unanswered = 0, trained = 0;
};

/// Runs the split of this number: draws the sides, chooses, learns and answers. Strata are tasks to be taken apart,
/// 1 if all queries are taken together. Throws InvalidArgument if the first method refuses.
EnsembleSplit run_split(const EnsembleSetup& setup, std::size_t strata, std::size_t split);

}  // namespace assay::sim

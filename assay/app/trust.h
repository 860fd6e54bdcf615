#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/rater_agreement.h"
#include "assay/stats/krippendorff.h"
#include "assay/store/study.h"

namespace assay::app {

/// `assay trust STUDY --judge NAME`: how far another judge says what people say.
struct TrustRequest {
  std::string study;
  /// Another judge than people: recorded, or live as asking::held_judge has it. Empty: the only one.
  std::string judge = {};
  std::string baseline = {};  ///< Empty: the only one that people compared with.
  std::uint64_t seed = 1;     ///< Of the bootstrap.
};

/// Everything is about pairs that both people and the judge gave a verdict on.
struct TrustReport {
  /// What verdicts depend on beside the answers. Empty: not known, or no verdict.
  struct Habits {
    std::optional<asking::Share> draws;
    std::optional<asking::Share> first;   ///< Of single verdicts but draws, those for the answer that stood first.
    std::optional<asking::Share> longer;  ///< Of verdicts but draws, those for the longer answer.
  };
  /// One person beside the judge.
  struct Rater {
    std::string name;
    std::optional<asking::Share> agreement;
  };
  std::string study;
  std::string judge;
  std::string baseline;
  std::size_t pairs = 0;
  /// On a pair, the share of its people who say what the judge says; the mean over pairs. Comparable with the
  /// agreement of two people. Empty: no pair was judged by both.
  std::optional<asking::Share> agreement;
  /// With what people say together, and beyond chance: Cohen's kappa of loss, draw and win.
  std::optional<asking::Share> agreement_pooled;
  std::optional<double> kappa;
  std::optional<stats::Alpha> alpha;  ///< Ordinal, of the judge and people together as two raters.
  /// Pairs by what people say together (row) and what the judge says (column): loss, draw, win of the model.
  std::array<std::array<std::size_t, 3>, 3> table{};
  std::vector<Rater> raters;
  Habits of_judge;
  Habits of_people;               ///< Of single verdicts of people.
  asking::RaterAgreement people;  ///< On all pairs that people judged.
  std::vector<std::string> notes;
};

/// Nothing is asked or written. Throws InvalidArgument if people judged nothing, if there is no such judge, or if
/// it gives no verdicts against the same baseline.
TrustReport run_trust(const TrustRequest& request);

}  // namespace assay::app

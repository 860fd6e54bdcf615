#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/people.h"
#include "assay/stats/intervals.h"
#include "assay/stats/krippendorff.h"

namespace assay::asking {

/// A share of so many, with its 95 % interval.
struct Share {
  double value = 0;
  stats::Interval interval;
  std::size_t of = 0;
};

/// A mean of shares, one a pair; of events, each 0 or 1.
struct ShareSum {
  double sum = 0;
  std::size_t count = 0;
  void add(double share) {
    sum += share;
    ++count;
  }
  std::optional<Share> share() const;  ///< Empty: nothing was added.
};

/// How far people agree on pairs that several of them judged: loss, draw and win are three values. Skips are none.
struct RaterAgreement {
  struct Rater {
    std::string name;
    std::size_t verdicts = 0;
    std::size_t alone = 0;  ///< Of these, on pairs that nobody else judged.
    /// On a pair, the share of the others who say the same; the mean over pairs. Empty: none was judged by others,
    /// too.
    std::optional<Share> against_rest;
  };
  std::vector<Rater> raters;  ///< Who gave a verdict, as in Votes.
  std::size_t verdicts = 0;
  std::size_t pairs = 0;        ///< With a verdict.
  std::size_t pairs_twice = 0;  ///< With two or more.
  /// How often two people say the same of a pair; the mean over pairs. Empty: no pair has two verdicts.
  std::optional<Share> agreement;
  /// Of loss < draw < win, and of the three as names. Empty: see krippendorff_alpha.
  std::optional<stats::Alpha> ordinal;
  std::optional<stats::Alpha> nominal;
};

/// The seed is that of the bootstrap.
RaterAgreement agreement_of(const Votes& votes, std::uint64_t seed = 1);

}  // namespace assay::asking

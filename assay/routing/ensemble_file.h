#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/labels.h"
#include "assay/ensemble/sequential_vote.h"

namespace assay::routing {

/// Classes that an ensemble file may have at most: its evidence grows with their square.
inline constexpr std::size_t kMostServedClasses = 100;

/// All that an ensemble file holds.
struct EnsembleContents {
  /// One for each task, or one for all queries.
  struct Served {
    std::string task;                  ///< "": for all.
    std::vector<std::string> members;  ///< k names, in the order in which they are asked.
    std::vector<double> accuracy;      ///< k: each alone, on the labelled queries.
    ensemble::SequentialNumbers vote;
  };
  LabelKind kind = LabelKind::classes;
  std::vector<std::string> labels;  ///< L names; label a is labels[a - 1].
  std::string method, decision;     ///< By which it was made, for people.
  double sure = ensemble::kUsualSureness;
  std::vector<Served> ensembles;
};

/// The text of such a file: JSON of one object, described in docs/reference/ensemble-file.md.
std::string ensemble_text(const EnsembleContents& contents);

/// The way back. Whatever the text is, what is returned can be used. Throws DataError that says what does not fit.
EnsembleContents ensemble_contents(std::string_view text);

/// Whether this is how such a file begins.
bool is_ensemble(std::string_view start);

/// An ensemble that was fitted before, ready to be asked. Immutable: may be used from many threads at once.
///
///     const EnsembleFile file("five.ensemble");
///     const ensemble::SequentialVote& vote = file.vote(0);
///     const ensemble::SequentialStep step = vote.next({}, 4, file.contents().sure);  // asks the first member
class EnsembleFile {
 public:
  /// Throws Error or DataError if there is no such file, or it is no ensemble that this Assay can use.
  explicit EnsembleFile(const std::string& path);

  const std::string& path() const { return path_; }
  const EnsembleContents& contents() const { return contents_; }
  /// Of contents().ensembles[at].
  const ensemble::SequentialVote& vote(std::size_t at) const { return votes_[at]; }

 private:
  std::string path_;
  EnsembleContents contents_;
  std::vector<ensemble::SequentialVote> votes_;
};

}  // namespace assay::routing

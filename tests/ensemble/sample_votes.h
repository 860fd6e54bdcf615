#pragma once

#include "assay/core/labels.h"
#include "assay/core/rng.h"
#include "tests/reference/vote_information.h"

namespace assay {

/// A label drawn with these probabilities; 0 based.
std::size_t draw(Rng& rng, const double* probabilities, std::size_t count, std::size_t stride = 1);

/// n queries, each by one of the models of the votes.
LabelTable sample_votes(const std::vector<reference::IndependentVotes>& mixture, LabelKind kind,
                        std::size_t queries, std::uint64_t seed);

/// Options, L labels: one strong model, its near copies, and weaker ones that err by themselves. The copies are
/// more accurate than the others, but add next to nothing.
LabelTable sample_complements(std::size_t labels, std::size_t queries, std::uint64_t seed);

/// The columns of a table, one line per query: truth, then the predictions; all labels offered.
LabelTable table_of(LabelKind kind, std::size_t labels, const std::vector<std::vector<int>>& rows);

}  // namespace assay

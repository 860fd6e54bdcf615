#include "tests/ensemble/sample_votes.h"

namespace assay {

std::size_t draw(Rng& rng, const double* probabilities, std::size_t count, std::size_t stride) {
  double left = rng.uniform();
  for (std::size_t i = 0; i + 1 < count; ++i) {
    left -= probabilities[i * stride];
    if (left < 0) return i;
  }
  return count - 1;
}

LabelTable sample_votes(const std::vector<reference::IndependentVotes>& mixture, LabelKind kind,
                        std::size_t queries, std::uint64_t seed) {
  LabelTable table(queries, mixture[0].votes.size(), mixture[0].labels, kind);
  Rng rng(seed);
  for (std::size_t q = 0; q < queries; ++q) {
    const reference::IndependentVotes& model = mixture[rng.below(mixture.size())];
    const std::size_t truth = draw(rng, model.prior.data(), model.labels);
    table.set_query(query_id(q), static_cast<Label>(truth + 1), static_cast<Label>(model.labels));
    for (std::size_t m = 0; m < model.votes.size(); ++m) {
      const std::size_t vote = draw(rng, model.votes[m].data() + truth, model.labels + 1, model.labels);
      table.set_prediction(query_id(q), model_id(m), static_cast<Label>(vote));
    }
  }
  return table;
}

LabelTable sample_complements(std::size_t labels, std::size_t queries, std::uint64_t seed) {
  constexpr std::size_t kCopies = 4, kOthers = 5;
  LabelTable table(queries, 1 + kCopies + kOthers, labels, LabelKind::options);
  Rng rng(seed);
  const auto guess = [&](double p, std::size_t truth) {
    return static_cast<Label>(rng.uniform() < p ? truth : 1 + rng.below(labels));
  };
  for (std::size_t q = 0; q < queries; ++q) {
    const std::size_t truth = 1 + rng.below(labels);
    table.set_query(query_id(q), static_cast<Label>(truth), static_cast<Label>(labels));
    const Label strong = guess(0.7, truth);
    table.set_prediction(query_id(q), model_id(0), strong);
    for (std::size_t c = 1; c <= kCopies; ++c) {
      table.set_prediction(query_id(q), model_id(c), rng.uniform() < 0.97 ? strong : guess(0.5, truth));
    }
    for (std::size_t o = 1 + kCopies; o < table.models(); ++o) {
      table.set_prediction(query_id(q), model_id(o), guess(0.55, truth));
    }
  }
  return table;
}

LabelTable table_of(LabelKind kind, std::size_t labels, const std::vector<std::vector<int>>& rows) {
  LabelTable table(rows.size(), rows[0].size() - 1, labels, kind);
  for (std::size_t q = 0; q < rows.size(); ++q) {
    table.set_query(query_id(q), static_cast<Label>(rows[q][0]), static_cast<Label>(labels));
    for (std::size_t m = 1; m < rows[q].size(); ++m) {
      table.set_prediction(query_id(q), model_id(m - 1), static_cast<Label>(rows[q][m]));
    }
  }
  return table;
}

}  // namespace assay

#include "assay/ensemble/logit_search.h"

#include <algorithm>
#include <cmath>

#include "assay/ensemble/vote_features.h"
#include "assay/ensemble/vote_weights.h"

namespace assay::ensemble {
namespace {

constexpr int kNewtonSteps = 4;  // for one weight, from a start that is not far off

// log(1 + exp(x)) without overflow.
double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

LogitSearch::LogitSearch(const Training& training) : training_(training), total_(0) {
  const LabelTable& table = training.table;
  const std::size_t labels = table.labels();
  singles_.reserve(table.models());
  for (std::size_t m = 0; m < table.models(); ++m) singles_.emplace_back(training, model_id(m));
  for (std::size_t i = 0; i < table.queries(); ++i) {
    if (!(training.weight(i) > 0)) continue;
    queries_.push_back(static_cast<std::uint32_t>(i));
    weights_.push_back(training.weight(i));
  }
  // Without a member: options are equally probable, classes as frequent as they are.
  std::vector<double> frequency(labels, 1.0);
  double all = static_cast<double>(labels);
  for (std::size_t r = 0; r < queries_.size(); ++r) {
    frequency[table.truths()[queries_[r]] - 1U] += weights_[r];
    all += weights_[r];
  }
  shares_.assign(queries_.size() * labels, 0.0);
  for (std::size_t r = 0; r < queries_.size(); ++r) {
    const Label offered = table.offered()[queries_[r]];
    for (std::size_t a = 0; a < offered; ++a) {
      shares_[r * labels + a] = table.kind() == LabelKind::options ? 1.0 / offered : frequency[a] / all;
    }
    total_ += weights_[r] * std::log(shares_[r * labels + table.truths()[queries_[r]] - 1U]);
  }
}

double LogitSearch::gain(ModelId candidate) const {
  const SingleVote& single = singles_[index(candidate)];
  const std::span<const Label> column = training_.table.column(candidate);
  return training_.table.kind() == LabelKind::options ? gain_of_option(single, column)
                                                      : gain_of_class(single, column);
}

// The candidate's vote for an option of probability q makes it q e^d / (1 - q + q e^d), d being the weight: a
// logistic regression with one weight and offsets log(q / (1 - q)).
double LogitSearch::gain_of_option(const SingleVote& single, std::span<const Label> column) const {
  const LabelTable& table = training_.table;
  const std::size_t labels = table.labels();
  struct Row {
    double offset, weight;
    bool right;
  };
  std::vector<Row> rows;
  rows.reserve(queries_.size());
  double before = 0;
  for (std::size_t r = 0; r < queries_.size(); ++r) {
    const std::size_t i = queries_[r];
    const Label name = vote(column[i], table.offered()[i]);
    if (name == kUnanswered) continue;
    const double q = std::clamp(shares_[r * labels + name - 1U], 1e-12, 1 - 1e-12);
    const bool right = name == table.truths()[i];
    rows.push_back(
        {std::log(q / (1 - q)) + bias_weight_ * single.letter_bias_without(name, right), weights_[r], right});
    before += weights_[r] * std::log(right ? q : 1 - q);
  }
  double weight = scale_ * single.strength();
  for (int step = 0; step < kNewtonSteps; ++step) {
    double gradient = 0, curvature = 1e-9;
    for (const Row& row : rows) {
      const double p = sigmoid(row.offset + weight);
      gradient += row.weight * ((row.right ? 1 : 0) - p);
      curvature += row.weight * p * (1 - p);
    }
    weight += std::clamp(gradient / curvature, -2.0, 2.0);
  }
  double after = 0;
  for (const Row& row : rows) {
    const double logit = row.offset + weight;
    after -= row.weight * softplus(row.right ? -logit : logit);
  }
  return after - before;
}

double LogitSearch::gain_of_class(const SingleVote& single, std::span<const Label> column) const {
  const LabelTable& table = training_.table;
  const std::size_t labels = table.labels();
  // Log likelihood of each vote under each label; under a query's own label without the query.
  std::vector<double> likelihoods((labels + 1) * labels), own((labels + 1) * labels);
  const bool even = training_.weights.empty();
  for (std::size_t x = 0; x <= labels; ++x) {
    for (std::size_t a = 0; a < labels; ++a) {
      const auto label = static_cast<Label>(a + 1);
      likelihoods[x * labels + a] = single.log_likelihood(static_cast<Label>(x), label);
      if (even) own[x * labels + a] = single.log_likelihood(static_cast<Label>(x), label, 1);
    }
  }
  double weight = scale_, after = 0;
  std::vector<double> shares(labels);
  for (int step = 0; step <= kNewtonSteps; ++step) {
    double gradient = 0, curvature = 1e-9;
    after = 0;
    for (std::size_t r = 0; r < queries_.size(); ++r) {
      const std::size_t i = queries_[r], truth = table.truths()[i] - 1U;
      const double* of_label = likelihoods.data() + column[i] * labels;
      const double of_truth =
          even ? own[column[i] * labels + truth] : single.log_likelihood(column[i], table.truths()[i], weights_[r]);
      double sum = 0, mean = 0, square = 0;
      for (std::size_t a = 0; a < labels; ++a) {
        const double x = a == truth ? of_truth : of_label[a];
        const double share = shares_[r * labels + a] * std::exp(weight * x);
        sum += share;
        mean += share * x;
        square += share * x * x;
      }
      mean /= sum;
      gradient += weights_[r] * (of_truth - mean);
      curvature += weights_[r] * (square / sum - mean * mean);
      after += weights_[r] * (std::log(shares_[r * labels + truth]) + weight * of_truth - std::log(sum));
    }
    if (step < kNewtonSteps) weight += std::clamp(gradient / curvature, -1.0, 1.0);
  }
  return after - total_;
}

LogitSearch::Fit LogitSearch::fitted(ModelId candidate) const {
  Ensemble members = members_;
  members.push_back(candidate);
  const VoteFeatures features(training_, members);
  const stats::Choices choices = features.choices(training_);
  const std::vector<double> target = scaled_weights(choices, features.naive(), true);
  Fit fit;
  fit.weights = members.size() < 2 ? target : loose_weights(choices, target, target);
  fit.rows = stats::row_log_likelihoods(choices, fit.weights);
  for (std::size_t r = 0; r < fit.rows.size(); ++r) fit.total += weights_[r] * fit.rows[r];
  return fit;
}

void LogitSearch::add(ModelId member, const Fit& fit) {
  members_.push_back(member);
  total_ = fit.total;
  bias_weight_ = fit.weights.back();
  const VoteFeatures features(training_, members_);
  double scale = 0;
  for (std::size_t j = 0; j < members_.size(); ++j) {
    scale += fit.weights[j] / std::max(0.1, std::abs(features.naive()[j]));
  }
  scale_ = std::clamp(scale / static_cast<double>(members_.size()), 0.1, 1.0);
  // The shares that the members' votes give each label.
  const LabelTable& table = training_.table;
  const std::size_t labels = table.labels(), p = features.count();
  const stats::Choices choices = features.choices(training_);
  std::vector<Label> votes(members_.size());
  Alternatives alternatives;
  for (std::size_t r = 0; r < queries_.size(); ++r) {
    const std::size_t i = queries_[r];
    for (std::size_t j = 0; j < votes.size(); ++j) votes[j] = table.prediction(query_id(i), members_[j]);
    features.describe(votes, table.offered()[i], alternatives);
    const std::span<const double> x = choices.values(r);
    std::vector<double> logits(alternatives.labels.size(), 0.0);
    double largest = alternatives.others > 0 ? 0 : -1e300;
    for (std::size_t a = 0; a < logits.size(); ++a) {
      for (std::size_t f = 0; f < p; ++f) logits[a] += fit.weights[f] * x[a * p + f];
      largest = std::max(largest, logits[a]);
    }
    double* shares = shares_.data() + r * labels;
    std::fill(shares, shares + table.offered()[i], std::exp(-largest));
    double sum = alternatives.others * std::exp(-largest);
    for (std::size_t a = 0; a < logits.size(); ++a) {
      sum += shares[alternatives.labels[a] - 1U] = std::exp(logits[a] - largest);
    }
    for (std::size_t a = 0; a < table.offered()[i]; ++a) shares[a] /= sum;
  }
}

}  // namespace assay::ensemble

#include "tests/reference/vote_information.h"

#include <cmath>

namespace assay::reference {

double information(const std::vector<IndependentVotes>& mixture, std::size_t k) {
  const std::size_t labels = mixture[0].labels, steps = labels + 1;
  std::size_t patterns = 1;
  for (std::size_t j = 0; j < k; ++j) patterns *= steps;
  double sum = 0;
  for (std::size_t pattern = 0; pattern < patterns; ++pattern) {
    std::vector<double> joint(labels, 0.0);
    double all = 0;
    for (std::size_t label = 0; label < labels; ++label) {
      for (const IndependentVotes& model : mixture) {
        double chance = model.prior[label] / static_cast<double>(mixture.size());
        std::size_t rest = pattern;
        for (std::size_t j = 0; j < k; ++j) {
          chance *= model.votes[j][rest % steps * labels + label];
          rest /= steps;
        }
        joint[label] += chance;
      }
      all += joint[label];
    }
    for (std::size_t label = 0; label < labels; ++label) {
      double prior = 0;
      for (const IndependentVotes& model : mixture)
        prior += model.prior[label] / static_cast<double>(mixture.size());
      if (joint[label] > 0) sum += joint[label] * std::log(joint[label] / (all * prior));
    }
  }
  return sum;
}

IndependentVotes symmetric_votes(std::size_t labels, const std::vector<double>& accuracy, double none) {
  IndependentVotes model;
  model.labels = labels;
  model.prior.assign(labels, 1.0 / static_cast<double>(labels));
  for (const double p : accuracy) {
    std::vector<double> votes((labels + 1) * labels, (1 - p - none) / static_cast<double>(labels - 1));
    for (std::size_t label = 0; label < labels; ++label) {
      votes[label] = none;
      votes[(label + 1) * labels + label] = p;
    }
    model.votes.push_back(votes);
  }
  return model;
}

}  // namespace assay::reference

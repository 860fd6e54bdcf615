// The most probable label given the pattern of votes. On options a pattern is who agrees with whom (a partition of
// the members, those without an answer apart), as letters mean nothing; on classes it is the votes themselves.
//
// Patterns are nodes of a tree, a level for each member: a node counts how often each of its labels was right, and
// is smoothed towards what its parent, the pattern of the members before, makes of the labels:
//
//   P(a | pattern) = (n_a + s P(a | pattern without the last member)) / (n + s)
//
// A label that the last member is the first to name gets its share of the parent's probability of labels that
// nobody named. So a pattern that was never seen is judged by its longest beginning that was (Ney, Essen and Kneser
// 1994 do so for words). s, the same for all nodes, is the one of a few under which training queries are most
// probable, each left out of the counts that judge it.

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "assay/ensemble/makers.h"

namespace assay::ensemble {
namespace {

constexpr std::array kSmoothings = {1.0, 3.0, 10.0, 30.0, 100.0};

class PatternRule : public VoteRule {
 public:
  PatternRule(const Training& training, std::span<const ModelId> members)
      : options_(training.table.kind() == LabelKind::options), labels_(training.table.labels()) {
    learn(training, members);
    choose_smoothing(training, members);
  }

  void probabilities(std::span<const Label> votes, Label offered, std::span<double> result) const override {
    const Path path = trace(votes, offered);
    judge(path, offered, kUnanswered, 0, smoothing_, result);
  }

 private:
  // A node's counts have a place for each label that can be told apart: options: 0 the labels that nobody named,
  // then those named, in the order of their first vote; classes: the label, less one.
  struct Path {
    std::vector<std::size_t> nodes;  // from the root on, kUnseen where the tree ends
    std::vector<std::size_t> steps;  // of each member: the place it voted for; 0 no answer (options)
    std::vector<Label> named;        // options, by place less one
  };
  static constexpr std::size_t kUnseen = static_cast<std::size_t>(-1);

  static std::uint64_t key(std::size_t node, std::size_t step) {
    return static_cast<std::uint64_t>(node) << 16U | static_cast<std::uint64_t>(step);
  }

  Path trace(std::span<const Label> votes, Label offered) const {
    Path path;
    path.nodes.push_back(0);
    for (const Label prediction : votes) {
      std::size_t step = prediction;
      if (options_) {
        const Label name = vote(prediction, offered);
        const auto found = std::find(path.named.begin(), path.named.end(), name);
        step = name == kUnanswered ? 0 : static_cast<std::size_t>(found - path.named.begin()) + 1;
        if (step > path.named.size()) path.named.push_back(name);
      }
      path.steps.push_back(step);
      const std::size_t node = path.nodes.back();
      const auto child = node == kUnseen ? children_.end() : children_.find(key(node, step));
      path.nodes.push_back(child == children_.end() ? kUnseen : child->second);
    }
    return path;
  }

  // Of the labels named by the first members: how many.
  std::size_t place_of(const Path& path, Label truth, std::size_t named) const {
    if (!options_) return truth - 1U;
    for (std::size_t b = 0; b < named; ++b) {
      if (path.named[b] == truth) return b + 1;
    }
    return 0;
  }

  void learn(const Training& training, std::span<const ModelId> members) {
    counts_.emplace_back(options_ ? 1 : labels_, 0.0);
    totals_.push_back(0);
    std::vector<Label> votes(members.size());
    for (std::size_t i = 0; i < training.table.queries(); ++i) {
      const double weight = training.weight(i);
      if (!(weight > 0)) continue;
      for (std::size_t j = 0; j < members.size(); ++j) {
        votes[j] = training.table.prediction(query_id(i), members[j]);
      }
      const Path path = trace(votes, training.table.offered()[i]);
      std::size_t node = 0, named = 0;
      add(node, place_of(path, training.table.truths()[i], 0), weight);
      for (const std::size_t step : path.steps) {
        named = options_ ? std::max(named, step) : 0;
        const auto [child, fresh] = children_.try_emplace(key(node, step), counts_.size());
        if (fresh) {
          counts_.emplace_back(options_ ? named + 1 : labels_, 0.0);
          totals_.push_back(0);
        }
        node = child->second;
        add(node, place_of(path, training.table.truths()[i], named), weight);
      }
    }
  }

  void add(std::size_t node, std::size_t place, double weight) {
    counts_[node][place] += weight;
    totals_[node] += weight;
  }

  // P of each label; `truth` with `seen` weight is taken out of the counts.
  void judge(const Path& path, Label offered, Label truth, double seen, double smoothing,
             std::span<double> result) const {
    std::vector<double> p;  // of the places
    if (options_) {
      p.assign(1, 1.0);
    } else {
      p.assign(labels_, 1.0 / static_cast<double>(labels_));
    }
    std::size_t named = 0;
    for (std::size_t level = 0; level < path.nodes.size(); ++level) {
      if (options_ && level > 0 && path.steps[level - 1] > named) {
        ++named;
        const double unnamed = static_cast<double>(offered) - static_cast<double>(named) + 1;
        p.push_back(p[0] / unnamed);
        p[0] -= p.back();
      }
      const std::size_t node = path.nodes[level];
      if (node == kUnseen) continue;
      const double total = totals_[node] - seen + smoothing;
      const std::size_t right = truth == kUnanswered ? kUnseen : place_of(path, truth, named);
      for (std::size_t place = 0; place < p.size(); ++place) {
        const double count = counts_[node][place] - (place == right ? seen : 0);
        p[place] = (std::max(0.0, count) + smoothing * p[place]) / total;
      }
    }
    spread(path, p, offered, result);
  }

  void spread(const Path& path, std::span<const double> p, Label offered, std::span<double> result) const {
    if (!options_) {
      std::copy(p.begin(), p.end(), result.begin());
      return;
    }
    const std::size_t unnamed = offered - path.named.size();
    // With everything named nothing is left for the others.
    const double share = unnamed == 0 ? 0 : p[0] / static_cast<double>(unnamed);
    const double all = unnamed == 0 ? 1 - p[0] : 1;
    std::fill(result.begin(), result.begin() + offered, share);
    std::fill(result.begin() + offered, result.end(), 0.0);
    for (std::size_t b = 0; b < path.named.size(); ++b) result[path.named[b] - 1U] = p[b + 1] / all;
  }

  void choose_smoothing(const Training& training, std::span<const ModelId> members) {
    std::vector<double> sums(kSmoothings.size(), 0.0), result(labels_);
    std::vector<Label> votes(members.size());
    for (std::size_t i = 0; i < training.table.queries(); ++i) {
      const double weight = training.weight(i);
      if (!(weight > 0)) continue;
      for (std::size_t j = 0; j < members.size(); ++j) {
        votes[j] = training.table.prediction(query_id(i), members[j]);
      }
      const Label truth = training.table.truths()[i], offered = training.table.offered()[i];
      const Path path = trace(votes, offered);
      for (std::size_t s = 0; s < kSmoothings.size(); ++s) {
        judge(path, offered, truth, weight, kSmoothings[s], result);
        sums[s] += weight * std::log(std::max(1e-300, result[truth - 1U]));
      }
    }
    smoothing_ = kSmoothings[static_cast<std::size_t>(std::max_element(sums.begin(), sums.end()) - sums.begin())];
  }

  bool options_;
  std::size_t labels_;
  double smoothing_ = 10;
  std::unordered_map<std::uint64_t, std::size_t> children_;
  std::vector<std::vector<double>> counts_;  // by node
  std::vector<double> totals_;
};

}  // namespace

std::unique_ptr<VoteRule> make_pattern(const Training& training, std::span<const ModelId> members) {
  return std::make_unique<PatternRule>(training, members);
}

}  // namespace assay::ensemble

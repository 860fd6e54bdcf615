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
#include <numeric>
#include <unordered_map>

#include "assay/core/error.h"
#include "assay/ensemble/makers.h"

namespace assay::ensemble {
namespace {

constexpr std::array kSmoothings = {1.0, 3.0, 10.0, 30.0, 100.0};

class PatternRule : public VoteRule {
 public:
  PatternRule(const Training& training, std::span<const ModelId> members)
      : options_(training.table.kind() == LabelKind::options),
        members_(members.size()),
        labels_(training.table.labels()) {
    learn(training, members);
    choose_smoothing(training, members);
  }

  // Of numbers that fit, see make_pattern_rule.
  PatternRule(const RuleNumbers& numbers, std::size_t members, std::size_t labels, LabelKind kind)
      : options_(kind == LabelKind::options), members_(members), labels_(labels), smoothing_(numbers.smoothing) {
    for (std::size_t node = 0; node < numbers.nodes.size(); ++node) {
      const RuleNumbers::Node& one = numbers.nodes[node];
      if (node > 0) children_.emplace(key(one.parent, one.step), node);
      counts_.push_back(one.counts);
      totals_.push_back(std::accumulate(one.counts.begin(), one.counts.end(), 0.0));
    }
  }

  void probabilities(std::span<const Label> votes, Label offered, std::span<double> result) const override {
    const Path path = trace(votes, offered);
    judge(path, offered, kUnanswered, 0, smoothing_, result);
  }

  bool settled(std::span<const Label> votes, Label offered, Label label) const override {
    std::vector<Label> all(votes.begin(), votes.end());
    std::vector<double> shares(labels_);
    std::size_t tried = 0;
    return stays(all, offered, label, shares, tried);
  }

  RuleNumbers numbers() const override {
    RuleNumbers numbers;
    numbers.smoothing = smoothing_;
    numbers.nodes.resize(counts_.size());
    for (std::size_t node = 0; node < counts_.size(); ++node) numbers.nodes[node].counts = counts_[node];
    for (const auto& [edge, child] : children_) {
      numbers.nodes[child].parent = static_cast<std::uint32_t>(edge >> 16U);
      numbers.nodes[child].step = static_cast<std::uint32_t>(edge & 0xFFFFU);
    }
    return numbers;
  }

 private:
  static constexpr std::size_t kMostTried = 2000;  // ways in which the others may vote

  // Whether the label is ahead in all ways in which the members behind `votes` may vote. Labels that nobody named
  // are all alike.
  bool stays(std::vector<Label>& votes, Label offered, Label label, std::vector<double>& shares,
             std::size_t& tried) const {
    if (votes.size() == members_) {
      if (++tried > kMostTried) return false;
      probabilities(votes, offered, shares);
      for (std::size_t a = 0; a < shares.size(); ++a) {
        if (a + 1 != label && !(shares[a] < shares[label - 1U] - kClearly)) return false;
      }
      return true;
    }
    bool named_new = false;
    for (Label next = 0; next <= offered; ++next) {
      if (options_ && next != kUnanswered && std::find(votes.begin(), votes.end(), next) == votes.end()) {
        if (named_new) continue;
        named_new = true;
      }
      votes.push_back(next);
      const bool still = stays(votes, offered, label, shares, tried);
      votes.pop_back();
      if (!still) return false;
    }
    return true;
  }

  static constexpr double kClearly = 1e-6;

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
  std::size_t members_;
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

std::unique_ptr<VoteRule> make_pattern_rule(RuleNumbers numbers, std::size_t members, std::size_t labels,
                                            LabelKind kind) {
  const bool options = kind == LabelKind::options;
  // Of a node: how many members have voted, and how many labels they named.
  std::vector<std::size_t> level(numbers.nodes.size(), 0), named(numbers.nodes.size(), 0);
  bool fits = numbers.smoothing > 0 && std::isfinite(numbers.smoothing);
  for (std::size_t node = 0; fits && node < numbers.nodes.size(); ++node) {
    const RuleNumbers::Node& one = numbers.nodes[node];
    if (node > 0) {
      fits = one.parent < node && level[one.parent] < members &&
             one.step <= (options ? named[one.parent] + 1 : labels);
      if (!fits) break;
      level[node] = level[one.parent] + 1;
      named[node] = options ? std::max<std::size_t>(named[one.parent], one.step) : 0;
    }
    fits = one.counts.size() == (options ? named[node] + 1 : labels) &&
           std::all_of(one.counts.begin(), one.counts.end(),
                       [](double count) { return count >= 0 && std::isfinite(count); });
  }
  if (!fits) throw InvalidArgument("the patterns of votes do not fit the members and the labels");
  return std::make_unique<PatternRule>(numbers, members, labels, kind);
}

}  // namespace assay::ensemble

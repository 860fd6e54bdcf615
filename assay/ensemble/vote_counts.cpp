#include "assay/ensemble/vote_counts.h"

#include <algorithm>
#include <cmath>

#include "assay/ensemble/training.h"

namespace assay::ensemble {
namespace {

double log_count(std::uint64_t count) { return count < 2 ? 0 : std::log(static_cast<double>(count)); }

double times_log(std::uint64_t count) { return static_cast<double>(count) * log_count(count); }

constexpr std::size_t kMostNamed = 250;  // places are bytes

}  // namespace

VoteCounts::VoteCounts(const LabelTable& table)
    : table_(table), options_(table.kind() == LabelKind::options), pattern_(table.queries(), 0) {
  const std::size_t n = table.queries();
  for (std::size_t a = 0; a <= table.labels(); ++a) logs_.push_back(log_count(a));
  if (options_) {
    named_.assign(n, 0);
    place_.assign(n * (table.labels() + 1), 0);
    double sum = 0;
    for (const Label offered : table.offered()) sum += logs_[offered];
    before_ = sum / static_cast<double>(n);
    return;
  }
  std::vector<std::uint64_t> counts(table.labels() + 1, 0);
  for (const Label truth : table.truths()) ++counts[truth];
  double sum = 0;
  for (const std::uint64_t count : counts) sum += times_log(count);
  before_ = log_count(n) - sum / static_cast<double>(n);
}

std::size_t VoteCounts::steps() const { return options_ ? members_ + 2 : table_.labels() + 1; }

std::size_t VoteCounts::places() const { return options_ ? members_ + 2 : table_.labels(); }

// What a member's vote adds to a query's pattern. Options: 0 no answer, else whose label it is, or that it is a new
// one.
std::uint32_t VoteCounts::step(std::size_t query, Label prediction) const {
  if (!options_) return prediction;
  const Label name = vote(prediction, table_.offered()[query]);
  if (name == kUnanswered) return 0;
  const std::uint8_t place = place_[query * (table_.labels() + 1) + name];
  return place > 0 ? place : named_[query] + 1U;
}

CountedInformation VoteCounts::with(ModelId candidate) const {
  return options_ ? with_option(candidate) : with_class(candidate);
}

CountedInformation VoteCounts::with_class(ModelId candidate) const {
  const std::size_t labels = table_.labels(), cells = (labels + 1) * labels;
  std::vector<std::uint32_t> counts(patterns_ * cells, 0);
  const Label* votes = table_.column(candidate).data();
  const Label* truths = table_.truths().data();
  const std::uint32_t* patterns = pattern_.data();
  const std::size_t n = table_.queries();
  for (std::size_t i = 0; i < n; ++i) ++counts[patterns[i] * cells + votes[i] * labels + truths[i] - 1U];
  return estimate(counts, labels, 0);
}

CountedInformation VoteCounts::with_option(ModelId candidate) const {
  const std::size_t n = table_.queries(), row = table_.labels() + 1;
  const std::size_t places = this->places(), cells = steps() * places;
  std::vector<std::uint32_t> counts(patterns_ * cells, 0);
  const std::span<const Label> votes = table_.column(candidate);
  double spread = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const Label offered = table_.offered()[i], truth = table_.truths()[i];
    const Label name = vote(votes[i], offered);
    std::size_t step = 0, named = named_[i];
    if (name != kUnanswered) {
      step = place_[i * row + name];
      if (step == 0) step = ++named;
    }
    std::size_t place = place_[i * row + truth];
    if (place == 0) {
      if (name == truth) {
        place = step;
      } else {
        spread += logs_[offered - named];
      }
    }
    ++counts[pattern_[i] * cells + step * places + place];
  }
  return estimate(counts, places, spread);
}

// `spread`: sum over the queries whose true label nobody named of the log of how many nobody named.
CountedInformation VoteCounts::estimate(std::span<const std::uint32_t> counts, std::size_t places,
                                        double spread) const {
  const auto n = static_cast<double>(table_.queries());
  double left = spread;  // n H(Y | X)
  std::size_t extra = 0, alone = 0;
  for (std::size_t pattern = 0; pattern < counts.size(); pattern += places) {
    std::uint64_t total = 0;
    std::size_t seen = 0;
    for (std::size_t place = 0; place < places; ++place) {
      const std::uint32_t count = counts[pattern + place];
      if (count == 0) continue;
      total += count;
      ++seen;
      left -= times_log(count);
    }
    if (total == 0) continue;
    left += times_log(total);
    extra += seen - 1;
    alone += total == 1 ? 1 : 0;
  }
  const double bias = static_cast<double>(extra) / (2 * n);
  return {std::max(0.0, before_ - left / n - bias), bias, static_cast<double>(alone) / n};
}

void VoteCounts::add(ModelId member) {
  const std::size_t n = table_.queries(), count = steps();
  const std::span<const Label> votes = table_.column(member);
  // Patterns are numbered anew in the order of the old number and the step, so that only those that occur have one.
  std::vector<std::uint32_t> numbers(patterns_ * count, 0);
  for (std::size_t i = 0; i < n; ++i) numbers[pattern_[i] * count + step(i, votes[i])] = 1;
  std::uint32_t next = 0;
  for (std::uint32_t& number : numbers) number = number == 0 ? 0 : next++;
  for (std::size_t i = 0; i < n; ++i) {
    pattern_[i] = numbers[pattern_[i] * count + step(i, votes[i])];
    if (!options_) continue;
    const Label name = vote(votes[i], table_.offered()[i]);
    if (name == kUnanswered) continue;
    std::uint8_t& place = place_[i * (table_.labels() + 1) + name];
    if (place == 0 && named_[i] < kMostNamed) place = ++named_[i];
  }
  patterns_ = next;
  ++members_;
}

}  // namespace assay::ensemble

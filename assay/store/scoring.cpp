#include "assay/store/scoring.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <tuple>

#include "assay/core/error.h"
#include "assay/store/judges.h"
#include "assay/store/name_list.h"
#include "assay/store/study.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

constexpr double kLargestScore = 1e50;  // whose powers a number still holds
constexpr std::string_view kHuman = "human";

bool is_reference(std::string_view judge) {
  return judge == kHuman || judge.starts_with(std::string(kHuman) + "/");
}

std::vector<Named> all_judges(const file::Database& database) {
  file::Statement rows =
      database.prepare("SELECT id, name FROM judge WHERE id IN (SELECT judge FROM score) ORDER BY name");
  return named_rows(rows);
}

std::vector<Named> without_references(std::vector<Named> judges) {
  std::erase_if(judges, [](const Named& judge) { return is_reference(judge.name); });
  return judges;
}

Named judge_of(const std::vector<Named>& all, const std::string& wanted) {
  if (all.empty()) throw InvalidArgument("the study has no scores");
  std::vector<Named> candidates = without_references(all);
  if (candidates.empty() || is_reference(wanted)) candidates = all;
  return choose_judge(candidates, wanted);
}

std::optional<Named> find(const std::vector<Named>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& judge) { return judge.name == name; });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

std::optional<Named> reference_of(const std::vector<Named>& all, const Named& judge, const std::string& wanted) {
  if (!wanted.empty()) return choose_judge(all, wanted);
  if (is_reference(judge.name)) return std::nullopt;
  const std::size_t slash = judge.name.rfind('/');
  if (slash != std::string::npos) {
    auto of_criterion = find(all, std::string(kHuman) + judge.name.substr(slash));
    if (of_criterion) return of_criterion;
  }
  return find(all, kHuman);
}

std::string title(const Scoring::Arm& arm) {
  std::string text = "query " + quoted(arm.query) + ", model " + quoted(arm.model);
  if (arm.turn != 1) text += ", turn " + std::to_string(arm.turn);
  return text;
}

/// Hands over the scores of each response, in the order of Scoring::arms.
template <typename Take>
void each_response(const file::Database& database, const Named& judge, const Take& take) {
  file::Statement rows = database.prepare(
      "SELECT q.name, m.name, s.turn, s.value FROM score s JOIN query q ON q.id = s.query JOIN model m ON m.id = "
      "s.model WHERE s.judge = ?1 ORDER BY q.name, m.name, s.turn, s.repeat");
  rows.with(judge.id);
  Scoring::Arm arm;
  std::vector<double> scores;
  while (rows.step()) {
    const int turn = rows.integer_in(2, 1, std::numeric_limits<int>::max());
    if (rows.text(0) != arm.query || rows.text(1) != arm.model || turn != arm.turn) {
      if (!scores.empty()) take(arm, scores);
      arm = {std::string(rows.text(0)), std::string(rows.text(1)), turn};
      scores.clear();
    }
    scores.push_back(rows.real(3));
  }
  if (!scores.empty()) take(arm, scores);
}

bool all_failed(const std::vector<double>& scores) {
  return std::all_of(scores.begin(), scores.end(), [](double score) { return std::isnan(score); });
}

double mean_of(const std::vector<double>& scores) {
  double sum = 0, count = 0;
  for (const double score : scores) {
    if (std::isnan(score)) continue;
    sum += score;
    ++count;
  }
  return sum / count;  // NaN of none
}

void fill_scores(const file::Database& database, const Named& judge, bool skip, Scoring& scoring) {
  std::vector<std::string> failed;
  each_response(database, judge, [&](const Scoring::Arm& arm, const std::vector<double>& scores) {
    if (all_failed(scores)) {
      failed.push_back(title(arm));
      return;
    }
    scoring.arms.push_back(arm);
    scoring.scores.add_arm(scores);
  });
  if (failed.empty()) return;
  if (scoring.arms.empty())
    throw InvalidArgument("judge " + quoted(judge.name) + " gave no score, every call failed");
  const std::string what = fmt::format("judge {} gave no score to {} of {} responses ({})", quoted(judge.name),
                                       failed.size(), failed.size() + scoring.arms.size(), item_list(failed, 3));
  if (!skip) throw InvalidArgument(what + ": they can't be estimated; `skip_unscored` leaves them out");
  scoring.notes.push_back("left out: " + what);
}

void fill_reference(const file::Database& database, const Named& reference, Scoring& scoring) {
  std::map<std::tuple<std::string, std::string, int>, double> means;
  each_response(database, reference, [&](const Scoring::Arm& arm, const std::vector<double>& scores) {
    means[{arm.query, arm.model, arm.turn}] = mean_of(scores);
  });
  std::size_t unknown = 0;
  for (const Scoring::Arm& arm : scoring.arms) {
    const auto found = means.find({arm.query, arm.model, arm.turn});
    scoring.reference_means.push_back(found == means.end() ? std::numeric_limits<double>::quiet_NaN()
                                                           : found->second);
    if (std::isnan(scoring.reference_means.back())) ++unknown;
  }
  scoring.reference = reference.name;
  if (unknown > 0) {
    scoring.notes.push_back(fmt::format("{} of {} responses have no score of {}", unknown, scoring.arms.size(),
                                        quoted(reference.name)));
  }
}

// From the lowest to the highest score.
Scale found_scale(const Scoring& scoring) {
  Scale scale{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (std::size_t i = 0; i < scoring.arms.size(); ++i) {
    for (const double score : scoring.scores.scores(arm_id(i))) {
      if (std::isnan(score)) continue;
      scale.low = std::min(scale.low, score);
      scale.high = std::max(scale.high, score);
    }
  }
  return scale;
}

}  // namespace

Scoring Study::scoring(const ScoringChoice& choice) const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  const std::vector<Named> judges = all_judges(impl_->database);
  const Named judge = judge_of(judges, choice.judge);
  Scoring scoring;
  scoring.judge = judge.name;
  fill_scores(impl_->database, judge, choice.skip_unscored, scoring);
  scoring.told = told_scale(impl_->database, judge, found_scale(scoring), scoring.notes);
  const auto reference = reference_of(judges, judge, choice.reference);
  if (reference) fill_reference(impl_->database, *reference, scoring);
  return scoring;
}

std::vector<std::string> Study::score_judges() const {
  const file::Snapshot snapshot(impl_->database);
  const std::vector<Named> all = all_judges(impl_->database);
  const std::vector<Named> judges = without_references(all);
  return names_of(judges.empty() ? all : judges);
}

void check_scores(const std::optional<Scale>& declared, const Scoring& scoring) {
  const Scale scale = declared.value_or(Scale{-kLargestScore, kLargestScore});
  for (std::size_t i = 0; i < scoring.arms.size(); ++i) {
    for (const double score : scoring.scores.scores(arm_id(i))) {
      if (std::isnan(score) || (score >= scale.low && score <= scale.high)) continue;
      throw InvalidArgument(fmt::format("expected scores from {:g} to {:g}, came {:g} ({})", scale.low, scale.high,
                                        score, title(scoring.arms[i])));
    }
  }
}

Scale scale_of(const Scoring& scoring) { return scoring.told ? *scoring.told : found_scale(scoring); }

}  // namespace assay::store

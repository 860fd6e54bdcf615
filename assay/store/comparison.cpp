#include "assay/store/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "assay/core/error.h"
#include "assay/store/averaging.h"
#include "assay/store/judgements.h"
#include "assay/store/judges.h"
#include "assay/store/label_reading.h"
#include "assay/store/name_list.h"
#include "assay/store/positions.h"
#include "assay/store/told_rows.h"

namespace assay::store {
namespace {

constexpr double kSameReward = 1e-12;  // what differs by less, differs by rounding

// How the reason begins why a pair of games was left out at import.
constexpr std::string_view kOneOfTwo = "only one of two games";

std::vector<Named> all_models(const file::Database& database) {
  file::Statement rows = database.prepare("SELECT id, name FROM model ORDER BY name");
  return named_rows(rows);
}

Named judge_of(const file::Database& database, const std::string& wanted) {
  const std::vector<Named> judges = recorded_judges(database);
  if (judges.empty()) {
    throw InvalidArgument("the study has no judgement to compare models by; a live judge gives some, see `oracle`" +
                          as_imported(database, kOneOfTwo));
  }
  return choose_judge(judges, wanted);
}

// Those that the judge compared others with; `declared`: only those that an import named as the baseline.
std::vector<Named> opponents(const file::Database& database, const Named& judge, bool declared) {
  file::Statement rows = database.prepare(
      "SELECT m.id, m.name FROM model m WHERE m.id IN (SELECT opponent FROM verdict WHERE judge = ?1) "
      "AND (?2 = 0 OR m.id IN (SELECT model FROM baseline)) ORDER BY m.name");
  return named_rows(rows.with(judge.id, declared ? 1 : 0));
}

std::vector<Named> scored(const file::Database& database, const Named& judge, bool declared) {
  file::Statement rows = database.prepare(
      "SELECT m.id, m.name FROM model m WHERE m.id IN (SELECT model FROM score WHERE judge = ?1) "
      "AND (?2 = 0 OR m.id IN (SELECT model FROM baseline)) ORDER BY m.name");
  return named_rows(rows.with(judge.id, declared ? 1 : 0));
}

Named choose_baseline(const file::Database& database, const Named& judge, const std::string& wanted) {
  if (!wanted.empty()) {
    const std::vector<Named> models = all_models(database);
    for (const Named& model : models) {
      if (model.name == wanted) return model;
    }
    throw InvalidArgument(fmt::format("expected a model of the study as baseline ({}), came {}",
                                      name_list(names_of(models)), quoted(wanted)));
  }
  const std::vector<Named> compared = opponents(database, judge, false);
  if (compared.size() == 1) return compared.front();
  const bool verdicts = !compared.empty();
  const auto declared = verdicts ? opponents(database, judge, true) : scored(database, judge, true);
  if (declared.size() == 1) return declared.front();
  if (verdicts) {
    throw InvalidArgument(fmt::format("judge {} compared with several baselines, name one of: {}",
                                      quoted(judge.name), name_list(names_of(compared))));
  }
  throw InvalidArgument(fmt::format("judge {} gave scores, not comparisons: name the baseline, one of: {}",
                                    quoted(judge.name), name_list(names_of(scored(database, judge, false)))));
}

// Queries that the baseline alone was not scored on.
void note_unscored(const file::Database& database, const Named& judge, const Named& baseline,
                   std::vector<std::string>& notes) {
  file::Statement rows = database.prepare(
      "SELECT count(DISTINCT query) FROM score WHERE judge = ?1 "
      "AND query NOT IN (SELECT query FROM score WHERE judge = ?1 AND model = ?2)");
  rows.with(judge.id, baseline.id).step();
  const std::int64_t count = rows.integer(0);
  if (count > 0) {
    notes.push_back(
        fmt::format("left out, the baseline has no score: {} {}", count, count == 1 ? "query" : "queries"));
  }
}

std::string lower_note(const std::string& judge) {
  return fmt::format("lower scores of {} are better, as the import told", quoted(judge));
}

std::vector<Judgement> judgements(const file::Database& database, const Named& judge, const Named& baseline,
                                  bool by_degree, std::vector<std::string>& notes) {
  std::vector<Judgement> result = judged_by_verdicts(database, judge.id, baseline.id, by_degree);
  if (!result.empty()) return result;
  result = judged_by_scores(database, judge.id, baseline.id);
  if (!result.empty()) {
    if (judge_facts(database, judge.id).lower_is_better.value_or(false)) {
      for (Judgement& one : result) one.reward = 1 - one.reward;
      notes.push_back(lower_note(judge.name));
    }
    note_unscored(database, judge, baseline, notes);
    return result;
  }
  std::vector<Named> possible = opponents(database, judge, false);
  if (possible.empty()) possible = scored(database, judge, false);
  throw InvalidArgument(fmt::format("judge {} says nothing about {} as baseline, name one of: {}",
                                    quoted(judge.name), quoted(baseline.name), name_list(names_of(possible))));
}

std::set<std::int64_t> with_responses(const file::Database& database) {
  std::set<std::int64_t> models;
  file::Statement rows = database.prepare(
      "SELECT id FROM model WHERE EXISTS (SELECT 1 FROM response WHERE response.model = model.id)");
  while (rows.step()) models.insert(rows.integer(0));
  return models;
}

// What is known of the models of a study when the candidates are chosen.
struct Field {
  std::int64_t baseline = 0;
  std::set<std::int64_t> judged;     // With at least one row.
  std::set<std::int64_t> decided;    // With at least one outcome.
  std::set<std::int64_t> answering;  // With responses.
  bool needs_responses = false;

  // Empty if the model can be a candidate, else why not.
  std::string_view objection(std::int64_t model) const {
    if (model == baseline) return "it is the baseline";
    if (!judged.contains(model)) return "no judgement";
    if (!decided.contains(model)) return "every judgement failed";
    if (needs_responses && !answering.contains(model)) return "no responses";
    return {};
  }
};

Field survey(const file::Database& database, const std::vector<Judgement>& all, std::int64_t baseline,
             bool without_responses) {
  Field field;
  field.baseline = baseline;
  for (const Judgement& one : all) {
    field.judged.insert(one.model);
    if (!std::isnan(one.reward)) field.decided.insert(one.model);
  }
  field.answering = with_responses(database);
  field.needs_responses = !without_responses && !field.answering.empty();
  return field;
}

// All models that can be compared; the others are noted.
std::vector<Named> every_candidate(const std::vector<Named>& models, const Field& field,
                                   std::vector<std::string>& notes) {
  std::vector<Named> candidates;
  std::map<std::string_view, std::vector<std::string>> left_out;
  for (const Named& model : models) {
    const std::string_view objection = field.objection(model.id);
    if (objection.empty()) {
      candidates.push_back(model);
    } else if (model.id != field.baseline) {
      left_out[objection].push_back(model.name);
    }
  }
  for (const auto& [reason, names] : left_out)
    notes.push_back(fmt::format("left out, {}: {}", reason, name_list(names)));
  return candidates;
}

std::vector<Named> named_candidates(const std::vector<Named>& models, const Field& field,
                                    const std::vector<std::string>& wanted) {
  std::map<std::string, std::int64_t> chosen;  // Sorted by name, each once.
  for (const std::string& name : wanted) {
    const auto model = std::find_if(models.begin(), models.end(), [&](const Named& m) { return m.name == name; });
    if (model == models.end()) {
      throw InvalidArgument(
          fmt::format("expected models of the study ({}), came {}", name_list(names_of(models)), quoted(name)));
    }
    const std::string_view objection = field.objection(model->id);
    if (!objection.empty()) {
      throw InvalidArgument(fmt::format("model {} can't be compared: {}", quoted(name), objection));
    }
    chosen.emplace(name, model->id);
  }
  std::vector<Named> result;
  for (const auto& [name, id] : chosen) result.push_back({id, name});
  return result;
}

using Positions = std::unordered_map<std::int64_t, std::size_t>;

Positions positions_by_id(const std::vector<Named>& all) {
  return positions(all, [](const Named& one) { return one.id; });
}

// Leaves out those judged on fewer than 90 % of the queries that any of them was judged on: a pair that nobody
// judged counts as a draw, and a model with many of them would be ranked by what is not known.
std::vector<Named> well_covered(const std::vector<Named>& candidates, const std::vector<Judgement>& all,
                                std::vector<std::string>& notes) {
  const Positions columns = positions_by_id(candidates);
  std::set<std::int64_t> queries;
  std::vector<std::size_t> judged(candidates.size());
  for (const Judgement& one : all) {
    const auto column = columns.find(one.model);
    if (column == columns.end()) continue;
    queries.insert(one.query);
    if (one.complete) ++judged[column->second];
  }
  std::vector<Named> kept;
  std::vector<std::string> thin;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (10 * judged[i] >= 9 * queries.size()) {
      kept.push_back(candidates[i]);
    } else {
      thin.push_back(candidates[i].name);
    }
  }
  if (thin.empty()) return kept;
  const char* const name_them = "name those to be compared by `models`";
  if (kept.empty()) {
    throw InvalidArgument(fmt::format("every model was judged on fewer than 90 % of the {} queries ({}); {}",
                                      queries.size(), name_list(thin), name_them));
  }
  notes.push_back(fmt::format("{} of {} models left out, judged on fewer than 90 % of the queries: {}; {}",
                              thin.size(), candidates.size(), name_list(thin), name_them));
  return kept;
}

// Queries on which a candidate was judged, sorted by name.
std::vector<Named> judged_queries(const file::Database& database, const std::vector<Judgement>& all,
                                  const Positions& models) {
  std::set<std::int64_t> judged;
  for (const Judgement& one : all) {
    if (models.contains(one.model)) judged.insert(one.query);
  }
  file::Statement rows = database.prepare("SELECT id, name FROM query ORDER BY name");
  std::vector<Named> queries = named_rows(rows);
  std::erase_if(queries, [&](const Named& query) { return !judged.contains(query.id); });
  return queries;
}

void fill(Comparison& result, const std::vector<Judgement>& all, const std::vector<Named>& queries,
          const Positions& models, const std::string& imported) {
  RewardTable& table = result.rewards;
  const Positions rows = positions_by_id(queries);
  std::size_t decided = 0;
  std::vector<char> asked(table.queries() * table.models(), 0);
  for (const Judgement& one : all) {
    const auto model = models.find(one.model);
    const auto query = rows.find(one.query);
    if (model == models.end() || query == rows.end()) continue;
    table.set(query_id(query->second), model_id(model->second), one.reward);
    if (!std::isnan(one.reward)) ++decided;
    if (one.complete) asked[query->second * table.models() + model->second] = 1;
  }
  for (std::size_t cell = 0; cell < asked.size(); ++cell) {
    if (asked[cell] == 0) result.missing.push_back(cell);
  }
  const std::size_t cells = table.queries() * table.models();
  if (decided < cells) {
    result.notes.push_back(fmt::format("{} of {} outcomes are not known{}", cells - decided, cells, imported));
  }
}

// Whether a score is neither 0 nor 1.
bool scores_of_degree(const file::Database& database, std::int64_t judge) {
  file::Statement rows = database.prepare(
      "SELECT 1 FROM score WHERE judge = ?1 AND value IS NOT NULL AND value NOT IN (0, 1) LIMIT 1");
  return rows.with(judge).step();
}

// Right answers alone tell nothing of the models.
bool has_labels(const file::Database& database) {
  file::Statement rows = database.prepare(
      "SELECT 1 WHERE EXISTS (SELECT 1 FROM label WHERE model = 0) AND EXISTS (SELECT 1 FROM label WHERE model <> "
      "0)");
  return rows.step();
}

// What the choice leaves open; `judge` has judged.
Measure measure_of(const file::Database& database, const Named& judge, const ComparisonChoice& choice) {
  if (choice.measure) return *choice.measure;
  if (!opponents(database, judge, false).empty() || !choice.baseline.empty()) return Measure::win_rate;
  if (!scored(database, judge, true).empty()) return Measure::win_rate;
  const bool lower =
      choice.lower_is_better.value_or(judge_facts(database, judge.id).lower_is_better.value_or(false));
  return lower || scores_of_degree(database, judge.id) ? Measure::score : Measure::accuracy;
}

// As chosen, as an import told of the judge (if there is one), or from the lowest to the highest score.
Scale scale_of(const file::Database& database, const Named* judge, const std::vector<Judgement>& all,
               const ComparisonChoice& choice, Measure measure, std::vector<std::string>& notes) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Judgement& one : all) {
    if (std::isnan(one.reward)) continue;
    low = std::min(low, one.reward);
    high = std::max(high, one.reward);
  }
  if (choice.scale &&
      !(std::isfinite(choice.scale->low) && std::isfinite(choice.scale->high) &&
        choice.scale->low < choice.scale->high && std::isfinite(choice.scale->high - choice.scale->low))) {
    throw InvalidArgument(fmt::format("expected a finite `score_range` that ascends, came {:g} to {:g}",
                                      choice.scale->low, choice.scale->high));
  }
  const bool open = !choice.scale && measure == Measure::score;
  const std::optional<Scale> told =
      open && judge != nullptr ? told_scale(database, *judge, {low, high}, notes) : std::nullopt;
  const Scale scale =
      choice.scale.value_or(measure == Measure::accuracy ? Scale{0, 1} : told.value_or(Scale{low, high}));
  if (low < scale.low || high > scale.high) {
    throw InvalidArgument(fmt::format("expected {} from {:g} to {:g}, came {:g}; give the `score_range`",
                                      measure == Measure::accuracy ? "right (1) or wrong (0)," : "scores",
                                      scale.low, scale.high, low < scale.low ? low : high));
  }
  if (!(scale.low < scale.high)) throw InvalidArgument(fmt::format("every score is {:g}: nothing to compare", low));
  if (!std::isfinite(scale.high - scale.low)) {
    throw InvalidArgument(
        fmt::format("expected scores whose range is a number, came {:g} to {:g}", scale.low, scale.high));
  }
  if (open) {
    notes.push_back(fmt::format("scores from {:g} to {:g}, as {}; `score_range` says another", scale.low,
                                scale.high, told ? "the import told" : "found in the study"));
  }
  return scale;
}

// Rewards are kept in steps of 1/65520: scores that are nearer to each other are one.
void note_lost_differences(const std::vector<Judgement>& all, std::vector<std::string>& notes) {
  std::vector<double> rewards;
  for (const Judgement& one : all) {
    if (!std::isnan(one.reward)) rewards.push_back(one.reward);
  }
  std::ranges::sort(rewards);
  std::size_t lost = 0;
  for (std::size_t i = 1; i < rewards.size(); ++i) {
    const bool same_code = RewardTable::encoded(rewards[i]) == RewardTable::encoded(rewards[i - 1]);
    if (same_code && rewards[i] - rewards[i - 1] > kSameReward) ++lost;
  }
  if (lost == 0) return;
  notes.push_back(
      fmt::format("{} scores differ by less than 1/{} of their range and count as equal; a narrower "
                  "`score_range`, without what lies far out, would tell them apart",
                  lost, RewardTable::kOne));
}

// Turns scores into rewards.
void rescale(std::vector<Judgement>& all, const Scale& scale, bool lower_is_better) {
  for (Judgement& one : all) {
    const double share = (one.reward - scale.low) / (scale.high - scale.low);
    one.reward = lower_is_better ? 1 - share : share;
  }
}

// Of which all rewards are multiples, 1 or a part of it that a table holds exactly; 0: not known.
double step_of(const std::vector<Judgement>& all) {
  for (const int parts : {1, 2, 4, 9, 18, 10, 20}) {
    const bool fits = std::ranges::all_of(all, [&](const Judgement& one) {
      const double steps = one.reward * parts;
      return std::isnan(steps) || std::abs(steps - std::round(steps)) < 1e-9;
    });
    if (fits) return 1.0 / parts;
  }
  return 0;
}

// Only of the queries that count.
std::vector<Judgement> counted(const file::Database& database, const Averaging& averaging,
                               std::vector<Judgement> all, std::vector<std::string>& notes) {
  const auto queries = counted_queries(database, averaging, notes);
  if (!queries) return all;
  std::erase_if(all, [&](const Judgement& one) { return !queries->contains(one.query); });
  if (all.empty()) throw InvalidArgument("nothing was judged on the queries of these `tasks` and `weights`");
  return all;
}

// Candidates and queries of judgements that are rewards already.
void fill_in(const file::Database& database, const ComparisonChoice& choice, const Field& field,
             const std::vector<Judgement>& all, Comparison& result) {
  const std::vector<Named> models = all_models(database);
  std::vector<Named> candidates = choice.models.empty() ? every_candidate(models, field, result.notes)
                                                        : named_candidates(models, field, choice.models);
  if (candidates.empty()) {
    throw InvalidArgument(result.baseline.empty() ? fmt::format("no model was judged by {}", quoted(result.judge))
                                                  : fmt::format("no model can be compared with {} by judge {}",
                                                                quoted(result.baseline), quoted(result.judge)));
  }
  if (choice.models.empty() && !choice.thinly_judged) candidates = well_covered(candidates, all, result.notes);
  const Positions columns = positions_by_id(candidates);
  const std::vector<Named> queries = judged_queries(database, all, columns);
  result.models = names_of(candidates);
  result.queries = names_of(queries);
  result.rewards = RewardTable(queries.size(), candidates.size());
  fill(result, all, queries, columns, as_imported(database, kOneOfTwo));
  result.averaging = choice.averaging;
  result.weights = weights_of(database, choice.averaging, result.queries);
}

// Scores and accuracies: each response is judged alone.
Comparison compare_alone(const file::Database& database, const ComparisonChoice& choice, Measure measure,
                         std::vector<Judgement> all, const Named* judge) {
  if (!choice.baseline.empty()) {
    throw InvalidArgument(
        fmt::format("measure {} needs no baseline, came {}", name(measure), quoted(choice.baseline)));
  }
  const std::optional<bool> told =
      judge == nullptr ? std::nullopt : judge_facts(database, judge->id).lower_is_better;
  const bool lower = choice.lower_is_better.value_or(told.value_or(false));
  if (measure == Measure::accuracy && lower) {
    throw InvalidArgument("of accuracies higher is better; `lower_is_better` goes with `measure` score");
  }
  Comparison result;
  result.judge = judge == nullptr ? "labels" : judge->name;
  result.measure = measure;
  result.lower_is_better = lower;
  result.scale = scale_of(database, judge, all, choice, measure, result.notes);
  rescale(all, result.scale, lower);
  if (lower && !choice.lower_is_better) result.notes.push_back(lower_note(judge->name));
  all = counted(database, choice.averaging, std::move(all), result.notes);
  note_lost_differences(all, result.notes);
  result.step = step_of(all);
  Field field = survey(database, all, 0, /*without_responses=*/true);
  fill_in(database, choice, field, all, result);
  return result;
}

}  // namespace

std::string_view name(Measure measure) {
  switch (measure) {
    case Measure::win_rate: return "win-rate";
    case Measure::preference: return "preference";
    case Measure::score: return "score";
    case Measure::accuracy: return "accuracy";
  }
  return "";
}

double reward_difference(const Tolerance& tolerance, const Comparison& comparison) {
  const bool scores = comparison.measure == Measure::score;
  const double width = comparison.scale.high - comparison.scale.low;
  const double difference = scores && !tolerance.of_scale ? tolerance.amount / width : tolerance.amount;
  if (difference >= 0 && difference < 1) return difference;
  throw InvalidArgument(
      scores ? fmt::format("expected `epsilon`, a difference of scores, from 0 to below {:g}, came {:g}", width,
                           tolerance.of_scale ? tolerance.amount * width : tolerance.amount)
             : fmt::format("expected `epsilon`, a difference of mean rewards, from 0 to below 1, came {:g}",
                           tolerance.amount));
}

Comparison compare(const file::Database& database, const ComparisonChoice& choice) {
  const bool by_labels =
      choice.judge.empty() && has_labels(database) &&
      (choice.measure == Measure::accuracy || (!choice.measure && recorded_judges(database).empty()));
  if (by_labels) {
    std::vector<std::string> notes;
    Comparison result =
        compare_alone(database, choice, Measure::accuracy, judged_by_labels(database, notes), nullptr);
    for (std::string& note : notes) result.notes.push_back(std::move(note));
    return result;
  }
  const Named judge = judge_of(database, choice.judge);
  const Measure measure = measure_of(database, judge, choice);
  if (measure == Measure::score || measure == Measure::accuracy) {
    const std::vector<Judgement> all = scored_alone(database, judge.id);
    if (all.empty()) throw InvalidArgument(fmt::format("judge {} gave verdicts, no scores", quoted(judge.name)));
    return compare_alone(database, choice, measure, all, &judge);
  }
  if (choice.scale || choice.lower_is_better.value_or(false)) {
    throw InvalidArgument("`score_range` and `lower_is_better` are about scores, and " +
                          std::string(name(measure)) + " is measured");
  }
  const Named baseline = choose_baseline(database, judge, choice.baseline);
  Comparison result;
  result.judge = judge.name;
  result.baseline = baseline.name;
  result.measure = measure;
  const bool by_degree = measure == Measure::preference;
  const std::vector<Judgement> all = counted(
      database, choice.averaging, judgements(database, judge, baseline, by_degree, result.notes), result.notes);
  if (by_degree) result.step = step_of(all);
  fill_in(database, choice, survey(database, all, baseline.id, choice.without_responses), all, result);
  return result;
}

}  // namespace assay::store

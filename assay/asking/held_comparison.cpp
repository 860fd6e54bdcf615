#include "assay/asking/held_comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/asking/candidate_answers.h"
#include "assay/asking/judge_memory.h"
#include "assay/asking/kept_answers.h"
#include "assay/asking/measure_memory.h"
#include "assay/asking/oracles.h"
#include "assay/core/error.h"

namespace assay::asking {
namespace {

// A call that failed counts as one.
bool judged(const store::Comparison& comparison, std::size_t query, std::size_t model) {
  return !std::ranges::binary_search(comparison.missing, query * comparison.models.size() + model);
}

std::vector<std::size_t> all_of(std::size_t count) {
  std::vector<std::size_t> all(count);
  for (std::size_t i = 0; i < count; ++i) all[i] = i;
  return all;
}

// Queries on which one of the models was judged.
std::vector<std::size_t> judged_queries(const store::Comparison& whole, const std::vector<std::size_t>& models) {
  std::vector<std::size_t> queries = all_of(whole.queries.size());
  std::erase_if(queries, [&](std::size_t q) {
    return std::none_of(models.begin(), models.end(), [&](std::size_t j) { return judged(whole, q, j); });
  });
  return queries;
}

std::vector<std::size_t> covered_models(const store::Comparison& whole) {
  std::vector<std::size_t> models = all_of(whole.models.size());
  const std::vector<std::size_t> queries = judged_queries(whole, models);
  std::erase_if(models, [&](std::size_t j) {
    const auto count =
        std::count_if(queries.begin(), queries.end(), [&](std::size_t q) { return judged(whole, q, j); });
    return queries.empty() || 10 * static_cast<std::size_t>(count) < 9 * queries.size();
  });
  return models;
}

store::Comparison part_of(const store::Comparison& whole, const std::vector<std::size_t>& queries,
                          const std::vector<std::size_t>& models) {
  store::Comparison part;
  part.judge = whole.judge;
  part.baseline = whole.baseline;
  part.measure = whole.measure;
  part.scale = whole.scale;
  part.lower_is_better = whole.lower_is_better;
  part.step = whole.step;
  part.averaging = whole.averaging;
  part.notes = whole.notes;
  for (const std::size_t q : queries) part.queries.push_back(whole.queries[q]);
  for (const std::size_t j : models) part.models.push_back(whole.models[j]);
  part.rewards = RewardTable(queries.size(), models.size());
  std::size_t unknown = 0;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    for (std::size_t j = 0; j < models.size(); ++j) {
      const double reward = whole.rewards.at(query_id(queries[q]), model_id(models[j]));
      part.rewards.set(query_id(q), model_id(j), reward);
      if (std::isnan(reward)) ++unknown;
      if (!judged(whole, queries[q], models[j])) part.missing.push_back(q * models.size() + j);
    }
  }
  if (unknown > 0) {
    part.notes.push_back(fmt::format("{} of {} outcomes are not known", unknown, queries.size() * models.size()));
  }
  return part;
}

// "LOW,HIGH", or "LOW to HIGH" of an LLM.
std::optional<Scale> scale_in(std::string_view text) {
  std::string words(text);
  if (const std::size_t at = words.find(" to "); at != std::string::npos) words.replace(at, 4, ",");
  Scale scale;
  const std::size_t comma = words.find(',');
  if (comma == std::string::npos) return std::nullopt;
  const auto read = [](std::string_view part, double& value) {
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    return error == std::errc() && end == part.data() + part.size();
  };
  const std::string_view all(words);
  if (!read(all.substr(0, comma), scale.low) || !read(all.substr(comma + 1), scale.high)) return std::nullopt;
  return scale;
}

// What it was asked about: verdicts on pairs, or scores of single responses, as `allocate` asks, and of whole ones
// of several turns, as `select` does.
std::vector<JudgeTask> tasks_of(store::Study& study, const std::string& name) {
  const std::optional<OracleKey> key = read_key(name);
  if (!key) return {};
  std::vector<JudgeTask> tasks;
  bool whole = true;
  if (key->scores) {
    const std::optional<Scale> scale = scale_in(key->last);
    if (!scale) return {};
    store::Scoring scoring = study.scorable();
    whole = std::ranges::any_of(scoring.arms, [](const auto& arm) { return arm.turn > 1; });
    tasks.emplace_back(std::move(scoring), *scale);
  }
  try {
    if (whole) tasks.emplace_back(held_comparison(study, {.judge = name}));
  } catch (const InvalidArgument&) {
    if (!key->scores) throw;  // else single responses can be scored where nothing can be compared
  }
  for (JudgeTask& task : tasks) task.load_texts(study);
  return tasks;
}

// Of an answer, whichever task it is found by.
std::string print_of(const JudgeTask& task, const Ask& ask) {
  const JudgeTask::Names names = task.names(ask.item);
  return fmt::format("{} {} {} {} {}", file::hex(file::bytes_of(task.fingerprint(ask.item))), ask.repeat,
                     names.query.size(), names.query, names.model);
}

// Calls `take` with each answer of a live judge that the study has, failed calls too: the same one perhaps by two
// tasks. False if nothing is known of what it was asked about.
template <typename Take>
bool each_answer(store::Study& study, const std::string& name, const Take& take) {
  const std::vector<JudgeTask> tasks = tasks_of(study, name);
  const OracleOptions kept{.name = "kept"};
  for (const JudgeTask& task : tasks) {
    const std::unique_ptr<Oracle> oracle = make_oracle(kept, {task, study, 1, 1, name});
    const KeptAnswers answers(study, task, *oracle);
    for (const Answer& answer : answers.known(study.answer_mark())) take(task, answer);
    for (const Answer& answer : answers.failed()) take(task, answer);
  }
  return !tasks.empty();
}

void give_judgement(const JudgeTask& task, const Answer& answer, const std::string& judge, const Location& where,
                    RecordSink& sink) {
  const auto [query, model, turn] = task.names(answer.ask.item);
  if (task.pairs()) {
    sink.add(VerdictRecord{query, model, task.comparison().baseline, judge, 1, answer.value}, where,
             OnConflict::fail);
  } else {
    const int repeat = static_cast<int>(answer.ask.repeat) + 1;
    sink.add(ScoreRecord{query, model, judge, std::max(turn, 1), repeat, answer.value}, where, OnConflict::fail);
  }
}

// Of a program only its name, and of an LLM not its address: where they are is nobody else's business.
std::string public_title(const HeldJudge& judge) {
  const OracleKey key = read_key(judge.name).value();
  if (judge.llm) {
    std::string title = oracle_title(judge.name);
    const std::string address = " at " + judge.llm->url;
    if (const std::size_t at = title.find(address + ","); at != std::string::npos) title.erase(at, address.size());
    return title;
  }
  if (key.kind != "command") return oracle_title(judge.name);
  const std::string_view program = key.who.substr(0, key.who.find(' '));
  return fmt::format("command {}", program.substr(program.rfind('/') + 1));
}

// Different titles for all judges of the study.
std::string free_title(const HeldJudge& judge, std::set<std::string>& taken) {
  const std::string title = public_title(judge);
  std::string name = title;
  for (int i = 2; !taken.insert(name).second; ++i) name = fmt::format("{} ({})", title, i);
  return name;
}

}  // namespace

store::Comparison held_comparison(const store::Study& study, store::ComparisonChoice choice) {
  const bool any_scale = !choice.scale && !choice.judge.empty();
  take_measure(study, choice);
  const bool scores = choice.measure == store::Measure::score;
  const std::string scale = scores && choice.scale && !any_scale ? scale_text(*choice.scale) : std::string();
  const HeldJudge held = held_judge(study, choice.judge, scores, scores ? scale : choice.baseline);
  const OracleKey key = read_key(held.name).value();
  if (scores) {
    choice.scale = scale_in(key.last);
    if (!choice.scale) throw InvalidArgument(fmt::format("{} has no scale", quoted(held.name)));
  } else {
    choice.baseline = key.last;
  }
  take_held_candidates(study, choice);
  store::Comparison comparison = study.judgeable(choice);
  comparison.judge =
      held.llm ? held.llm->model : fmt::format("{}{}{}", key.kind, key.who.empty() ? "" : " ", key.who);
  return comparison;
}

store::Comparison people_comparison(const store::Study& study, store::ComparisonChoice choice) {
  if (!choice.judge.empty()) {
    throw InvalidArgument("oracle people is all people together: `judge` goes with oracle recorded or kept");
  }
  if (choice.measure.value_or(store::Measure::win_rate) != store::Measure::win_rate || choice.scale) {
    throw InvalidArgument("people compare with a baseline: `measure` win-rate goes with them");
  }
  std::set<std::string> baselines;
  for (const std::string& oracle : study.oracles()) {
    const std::optional<OracleKey> key = read_key(oracle);
    if (key && (key->kind == "person" || key->kind == "people")) baselines.emplace(key->last);
  }
  std::vector<std::string> quoted_all;
  for (const std::string& baseline : baselines) quoted_all.push_back(quoted(baseline));
  if (choice.baseline.empty()) {
    if (baselines.empty()) throw InvalidArgument("the study has no verdicts of people");
    if (baselines.size() > 1) {
      throw InvalidArgument(fmt::format("people compared with several baselines, name one by `baseline`: {}",
                                        fmt::join(quoted_all, ", ")));
    }
    choice.baseline = *baselines.begin();
  }
  choice.measure = store::Measure::win_rate;
  take_held_candidates(study, choice);
  store::Comparison comparison = study.judgeable(choice);
  comparison.judge = "people";
  return comparison;
}

bool is_recorded(const store::Study& study, const std::string& judge) {
  const std::vector<std::string> judges = study.judges();
  return judge.empty() ? !judges.empty() : std::ranges::binary_search(judges, judge);
}

store::Comparison held_answers(store::Study& study, const store::ComparisonChoice& choice) {
  JudgeTask task(held_comparison(study, choice));
  task.load_texts(study);
  const OracleOptions kept{.name = "kept"};
  const std::unique_ptr<Oracle> oracle = make_oracle(kept, {task, study, 1, 1, choice.judge});
  store::Comparison comparison = task.comparison();
  const std::size_t m = comparison.models.size();
  std::vector<char> asked(task.size(), 0);
  const KeptAnswers answers(study, task, *oracle);
  for (const Answer& answer : answers.known(study.answer_mark())) {
    const double reward = task.scores() ? reward_of_score(answer.value, task.worst_to_best()) : answer.value;
    comparison.rewards.set(query_id(answer.ask.item / m), model_id(answer.ask.item % m), reward);
    asked[answer.ask.item] = 1;
  }
  for (const Answer& answer : answers.failed()) asked[answer.ask.item] = 1;
  for (std::size_t item = 0; item < asked.size(); ++item) {
    if (asked[item] == 0) comparison.missing.push_back(item);
  }
  return comparison;
}

std::optional<HeldCount> held_count(store::Study& study, const std::string& name) {
  try {
    std::set<std::string> given;
    std::set<std::string> failed;
    const bool any = each_answer(study, name, [&](const JudgeTask& task, const Answer& answer) {
      (answer.failed() ? failed : given).insert(print_of(task, answer.ask));
    });
    if (!any) return std::nullopt;
    std::erase_if(failed, [&](const std::string& print) { return given.contains(print); });
    return HeldCount{given.size(), failed.size()};
  } catch (const InvalidArgument&) {  // its baseline is gone, or no response is left
    return std::nullopt;
  }
}

void give_live_judgements(store::Study& study, RecordSink& sink) {
  const Location where{study.path()};
  std::set<std::string> taken;
  for (const bool scores : {false, true}) {
    for (const HeldJudge& judge : held_judges(study, scores)) {
      const std::string title = free_title(judge, taken);
      std::set<std::string> given;
      each_answer(study, judge.name, [&](const JudgeTask& task, const Answer& answer) {
        if (answer.failed() || !given.insert(print_of(task, answer.ask)).second) return;
        give_judgement(task, answer, title, where, sink);
      });
    }
  }
}

store::Comparison recorded_comparison(store::Study& study, const store::ComparisonChoice& choice,
                                      ThinlyJudged thinly) {
  store::ComparisonChoice live = choice;
  take_measure(study, live);
  const bool scores = live.measure == store::Measure::score;
  if (held_judges(study, scores).empty() || is_recorded(study, choice.judge)) return study.comparison(choice);
  const store::Comparison whole = held_answers(study, choice);
  const std::vector<std::size_t> models =
      choice.models.empty() ? covered_models(whole) : all_of(whole.models.size());
  const std::vector<std::size_t> queries = judged_queries(whole, models);
  const std::size_t left_out = whole.models.size() - models.size();
  if (queries.empty() || (left_out > 0 && thinly == ThinlyJudged::refused)) {
    throw InvalidArgument(fmt::format(
        "{} of {} models were judged by {} on fewer than 90 % of the queries, as where a run decides "
        "early; what it says of all of them is seen with `oracle` kept, or name those to be compared by "
        "`models`",
        left_out, whole.models.size(), quoted(whole.judge)));
  }
  store::Comparison part = part_of(whole, queries, models);
  part.weights = study.weights(choice.averaging, part.queries);
  if (left_out > 0) {
    part.notes.push_back(
        fmt::format("{} of {} models left out, judged on fewer than 90 % of the queries; name those to "
                    "be compared by `models`",
                    left_out, whole.models.size()));
  }
  return part;
}

}  // namespace assay::asking

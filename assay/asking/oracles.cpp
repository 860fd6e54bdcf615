#include "assay/asking/oracles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "assay/asking/batch_folder.h"
#include "assay/asking/command_oracle.h"
#include "assay/asking/held_comparison.h"
#include "assay/asking/judge_memory.h"
#include "assay/asking/kept_oracle.h"
#include "assay/asking/llm_memory.h"
#include "assay/asking/llm_pairs.h"
#include "assay/asking/llm_scores.h"
#include "assay/asking/match_oracle.h"
#include "assay/asking/people.h"
#include "assay/asking/recorded.h"
#include "assay/core/error.h"

namespace assay::asking {
namespace {

std::unique_ptr<Oracle> make_recorded(const OracleTask& task, const OracleOptions& /*options*/) {
  return std::make_unique<RecordedOracle>(task.task, task.seed);
}

std::unique_ptr<Oracle> make_command(const OracleTask& task, const OracleOptions& options) {
  return std::make_unique<CommandOracle>(
      argument_of(options), task.task,
      judge::ProgramHooks{options.timeout, options.waiting, options.said, options.start});
}

std::string command_title(const OracleKey& key) {
  if (key.scores) return fmt::format("scores of command {}, scale {}", key.who, key.last);
  return fmt::format("command {} against {}", key.who, key.last);
}

std::unique_ptr<Oracle> make_person(const OracleTask& task, const OracleOptions& options) {
  if (options.person == nullptr) throw InvalidArgument("oracle person needs somebody to ask");
  return std::make_unique<PersonOracle>(argument_of(options), task.task, task.seed, *options.person);
}

std::string person_title(const OracleKey& key) {
  return fmt::format("person {}{}against {}", key.who, key.who.empty() ? "" : " ", key.last);
}

std::unique_ptr<Oracle> make_people(const OracleTask& task, const OracleOptions& /*options*/) {
  return std::make_unique<PeopleOracle>(task.task, task.study);
}

std::string people_title(const OracleKey& key) {
  return fmt::format("people{}{} against {}", key.who.empty() ? "" : " ", key.who, key.last);
}

std::unique_ptr<Oracle> make_match(const OracleTask& task, const OracleOptions& options) {
  return std::make_unique<MatchOracle>(argument_of(options), task.task);
}

// All questions of one pair go out together.
std::size_t at_once(const OracleTask& task, const PairAsking& asking) {
  const std::size_t orders = asking.order == PairOrder::both ? 2 : 1;
  const std::size_t of_pair = task.task.scores() ? 1 : orders * asking.repeats;
  return std::max({task.batch, of_pair, std::size_t{1}});
}

judge::PromptKind kind_of(const JudgeTask& task) {
  return task.scores() ? judge::PromptKind::score : judge::PromptKind::pair;
}

// What would be ignored is not taken silently.
void check_asked_once(const LlmOptions& llm) {
  if (!llm.order && !llm.repeats && !llm.repeat_by) return;
  throw InvalidArgument(
      "`order`, `repeats` and `repeat_by` go with comparisons, and here each response is scored alone");
}

std::unique_ptr<Oracle> llm_oracle(const OracleTask& task, const OracleOptions& options, const LlmOptions& llm) {
  if (task.task.scores()) check_asked_once(llm);
  const PairAsking asking{llm.order.value_or(PairOrder::both), llm.repeats.value_or(1), task.seed,
                          llm.repeat_by.value_or("")};
  auto run = std::make_unique<LlmRun>(llm, kind_of(task.task), task.study.paid_calls(), at_once(task, asking),
                                      options.timeout, options.waiting, options.troubled);
  if (task.task.scores()) return std::make_unique<LlmScores>(task.task, std::move(run));
  return std::make_unique<LlmPairs>(task.task, std::move(run), asking, task.batch);
}

// What ends the key of a judge of the task.
std::string last_of(const JudgeTask& task) {
  return task.scores() ? scale_text(task.scale()) : task.comparison().baseline;
}

std::unique_ptr<Oracle> make_llm(const OracleTask& task, const OracleOptions& options) {
  LlmOptions llm = options.llm;
  read_files(llm);
  if (task.study.writable()) task.study.paid_calls().recover();
  std::unique_ptr<Oracle> oracle = llm_oracle(task, options, llm);
  if (task.study.writable()) {
    remember_judge(task.study, {oracle->name(), llm, task.seed, task.batch});
    remember_llm(task.study, oracle->name(), llm, task.task.scores());
  }
  return oracle;
}

// Single replies and those of batches are interchangeable.
std::unique_ptr<Oracle> make_batch(const OracleTask& task, const OracleOptions& options) {
  OracleOptions batched = options;
  LlmOptions& llm = batched.llm;
  read_files(llm);
  llm.half_price = true;
  const judge::LlmJudge standard;
  const BatchEndpoint endpoint{llm.url, llm.model, llm.price, llm.max_tokens.value_or(standard.max_tokens),
                               std::min<std::size_t>(llm.retries, 1) + 1};
  if (task.study.writable()) llm.batch = std::make_shared<BatchFolder>(argument_of(options), endpoint, task.study);
  return make_llm(task, batched);
}

// The judge whose answers are looked at. An LLM is made anew, as its answers stand in the ledger of paid calls.
std::unique_ptr<Oracle> make_kept(const OracleTask& task, const OracleOptions& options) {
  HeldJudge held = held_judge(task.study, task.judge, task.task.scores(), last_of(task.task));
  if (held.name == people_key(task.task.comparison().baseline) && task.task.pairs())
    return make_people(task, options);
  if (!held.llm) return std::make_unique<KeptOracle>(task.task, std::move(held.name), nullptr);
  const OracleTask as_then{task.task, task.study, held.seed, held.batch};
  std::unique_ptr<Oracle> llm = llm_oracle(as_then, options, *held.llm);
  std::string name = llm->name();
  return std::make_unique<KeptOracle>(task.task, std::move(name), std::move(llm));
}

std::string llm_title(const OracleKey& key) {
  if (key.scores) return fmt::format("scores of {}, scale {}", key.who, key.last);
  return fmt::format("{} against {}", key.who, key.last);
}

constexpr std::array kOracles = {
    OracleEntry{.name = "recorded",
                .help = "the study's own judgements",
                .argument = nullptr,
                .argument_needed = false,
                .live = false,
                .scores = true,
                .make = make_recorded,
                .title = nullptr},
    OracleEntry{.name = "command",
                .help = "a program that reads a JSON request a line and answers with one, see "
                        "docs/reference/judge-protocol.md",
                .argument = "'PROGRAM ARGS'",
                .argument_needed = true,
                .live = true,
                .scores = true,
                .make = make_command,
                .title = command_title},
    OracleEntry{.name = "llm",
                .help = "an LLM behind an OpenAI-compatible API, see `judge_url` and `judge_model`",
                .argument = nullptr,
                .argument_needed = false,
                .live = true,
                .scores = true,
                .llm = true,
                .make = make_llm,
                .title = llm_title},
    OracleEntry{
        .name = "batch",
        .help = "the same LLM by batch files, at half the price: they are written into FOLDER, and their outputs "
                "are read there",
        .argument = "FOLDER",
        .argument_needed = true,
        .live = true,
        .scores = true,
        .llm = true,
        .by_files = true,
        .at_once = 256,
        .make = make_batch,
        .title = nullptr},
    OracleEntry{.name = "kept",
                .help = "nobody: only the answers of a live judge that the study has, see `judge`",
                .argument = nullptr,
                .argument_needed = false,
                .live = true,
                .looks_only = true,
                .scores = true,
                .make = make_kept,
                .title = nullptr},
    OracleEntry{
        .name = "match",
        .help = "nobody: each response is compared with its query's reference answer, by exact, number, choice, "
                "contains or json (default: by what the reference looks like)",
        .argument = "KIND",
        .argument_needed = false,
        .live = true,
        .scores = false,
        .checks = true,
        .make = make_match,
        .title = nullptr},
    OracleEntry{.name = "person",
                .help = "you, at this terminal, between two answers without names",
                .argument = "NAME",
                .argument_needed = false,
                .one_by_one = true,
                .live = true,
                .scores = false,
                .make = make_person,
                .title = person_title},
    OracleEntry{.name = "people",
                .help = "nobody: what all people said, at terminals and on pages, taken together as one judge",
                .argument = nullptr,
                .argument_needed = false,
                .live = true,
                .looks_only = true,
                .scores = false,
                .make = make_people,
                .title = people_title},
};

std::string forms(bool scores) {
  std::string text;
  for (const OracleEntry& entry : kOracles) {
    if (scores && !entry.scores) continue;
    text += (text.empty() ? "" : ", ") + form_of(entry);
  }
  return text;
}

// Whose verdicts they are, for people.
std::string title_of(const OracleOptions& options) {
  return asks_llm(options) && !options.llm.model.empty() ? options.llm.model : options.name;
}

// What a live oracle can measure, and whether it was told all that it takes.
void check_measure(const OracleEntry& entry, const OracleOptions& options, const store::ComparisonChoice& choice) {
  using store::Measure;
  if (entry.checks) {
    if (choice.measure != Measure::accuracy || choice.scale || choice.lower_is_better) {
      throw InvalidArgument("oracle " + quoted(options.name) +
                            " tells right from wrong: it goes with `measure` accuracy, without a `score_range` and "
                            "`lower_is_better`");
    }
    return;
  }
  const Measure measure = choice.measure.value_or(Measure::win_rate);
  if (measure != Measure::win_rate && measure != Measure::score) {
    throw InvalidArgument("oracle " + quoted(options.name) +
                          " compares with a baseline (`measure` win-rate) or scores: `measure` " +
                          std::string(name(measure)) + " goes with recorded judgements");
  }
  if (measure == Measure::win_rate) {
    if (!choice.scale && !choice.lower_is_better) return;
    throw InvalidArgument("`score_range` and `lower_is_better` are about scores, and win-rate is measured");
  }
  if (!entry.scores) {
    throw InvalidArgument("oracle " + quoted(options.name) + " gives no scores; expected " + forms(true));
  }
  if (!choice.scale) {
    throw InvalidArgument("oracle " + quoted(options.name) +
                          " must be told the scale: `score_range` LOW,HIGH, the lowest and the highest score");
  }
  check(*choice.scale);
}

// A live oracle looks at no recorded judgement.
void refuse_judge(const std::string& judge, const OracleOptions& options) {
  if (judge.empty()) return;
  throw InvalidArgument("`judge` names recorded judgements, which go with oracle recorded, not with " +
                        quoted(options.name));
}

}  // namespace

std::span<const OracleEntry> oracles() { return kOracles; }

std::string form_of(const OracleEntry& entry) {
  std::string name = entry.name;
  if (entry.argument == nullptr) return name;
  return entry.argument_needed ? name + ":" + entry.argument : name + "[:" + entry.argument + "]";
}

const OracleEntry& oracle(const OracleOptions& options) {
  const std::size_t colon = options.name.find(':');
  const std::string_view name = std::string_view(options.name).substr(0, colon);
  for (const OracleEntry& entry : kOracles) {
    if (name != entry.name) continue;
    const bool given = colon != std::string::npos && colon + 1 < options.name.size();
    if (entry.argument_needed ? !given : colon != std::string::npos && (entry.argument == nullptr || !given)) break;
    return entry;
  }
  throw InvalidArgument("unknown oracle " + quoted(options.name) + "; expected " + forms(false));
}

std::string argument_of(const OracleOptions& options) {
  const std::size_t colon = options.name.find(':');
  return colon == std::string::npos ? "" : options.name.substr(colon + 1);
}

void take_only_measure(const OracleOptions& options, store::ComparisonChoice& choice) {
  const OracleEntry& entry = oracle(options);
  if (entry.checks && !choice.measure) choice.measure = store::Measure::accuracy;
  // A program that tells right from wrong gives scores 1 and 0.
  if (entry.name != std::string_view("command") || choice.measure != store::Measure::accuracy) return;
  choice.measure = store::Measure::score;
  if (!choice.scale) choice.scale = Scale{0, 1};
}

bool asks_llm(const OracleOptions& options) { return oracle(options).llm; }

store::Study open_study(const OracleOptions& options, const std::string& path) {
  using Mode = store::Study::Mode;
  const OracleEntry& entry = oracle(options);
  const bool asks = entry.live && !entry.looks_only && !entry.checks;
  store::Study study(path, asks ? Mode::write : Mode::write_if_possible);
  if (asks) study.begin_answering();
  return study;
}

store::Comparison comparison_for(const OracleOptions& options, store::Study& study,
                                 const store::ComparisonChoice& choice) {
  const OracleEntry& entry = oracle(options);
  if (!entry.live) return recorded_comparison(study, choice, ThinlyJudged::refused);
  if (!entry.looks_only) refuse_judge(choice.judge, options);
  if (entry.make == make_people) return people_comparison(study, choice);
  if (entry.looks_only) return held_comparison(study, choice);
  if (choice.without_responses) {
    throw InvalidArgument("oracle " + quoted(options.name) +
                          " reads responses: `without_responses` goes with oracle recorded");
  }
  store::ComparisonChoice wanted = choice;
  take_only_measure(options, wanted);
  check_measure(entry, options, wanted);
  wanted.referenced = entry.checks;
  store::Comparison comparison = study.judgeable(wanted);
  comparison.judge = title_of(options);
  return comparison;
}

store::Scoring scoring_for(const OracleOptions& options, const store::Study& study,
                           const store::ScoringChoice& choice) {
  const OracleEntry& entry = oracle(options);
  if (!entry.scores) {
    throw InvalidArgument("oracle " + quoted(options.name) + " gives no scores; expected " + forms(true));
  }
  if (!entry.live) return study.scoring(choice);
  if (!entry.looks_only) refuse_judge(choice.judge, options);
  if (choice.skip_unscored) {
    throw InvalidArgument("`skip_unscored` is about recorded scores, which go with oracle recorded");
  }
  store::Scoring scoring = study.scorable();
  scoring.judge = title_of(options);
  return scoring;
}

std::unique_ptr<Oracle> make_oracle(const OracleOptions& options, const OracleTask& task) {
  return oracle(options).make(task, options);
}

namespace {

// "LENGTH:WHO:LAST", the length being that of WHO.
std::optional<OracleKey> parts_of(std::string_view text) {
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  const auto begin = static_cast<std::size_t>(end - text.data()) + 1;
  const bool fits = error == std::errc() && begin <= text.size() && length < text.size() - begin;
  if (!fits || text[begin - 1] != ':' || text[begin + length] != ':') return std::nullopt;
  return OracleKey{{}, false, text.substr(begin, length), text.substr(begin + length + 1)};
}

}  // namespace

std::optional<OracleKey> read_key(std::string_view text) {
  constexpr std::string_view kScores = "-scores";
  std::string_view kind = text.substr(0, text.find(':'));
  if (kind.size() == text.size()) return std::nullopt;
  std::optional<OracleKey> key = parts_of(text.substr(kind.size() + 1));
  if (!key) return std::nullopt;
  key->scores = kind.ends_with(kScores);
  if (key->scores) kind.remove_suffix(kScores.size());
  key->kind = kind;
  const auto known = [&](const OracleEntry& entry) { return kind == entry.name && entry.title != nullptr; };
  return std::any_of(kOracles.begin(), kOracles.end(), known) ? key : std::nullopt;
}

std::string oracle_title(std::string_view key) {
  const std::optional<OracleKey> parts = read_key(key);
  if (!parts) return std::string(key);
  const auto entry = std::find_if(kOracles.begin(), kOracles.end(),
                                  [&](const OracleEntry& one) { return parts->kind == one.name; });
  return entry->title(*parts);
}

}  // namespace assay::asking

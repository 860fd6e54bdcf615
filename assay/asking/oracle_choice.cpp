#include "assay/asking/oracle_choice.h"

#include <array>
#include <utility>

#include "assay/asking/command_oracle.h"
#include "assay/asking/complete_pairs.h"
#include "assay/asking/judged_texts.h"
#include "assay/asking/llm_source.h"
#include "assay/asking/recorded.h"
#include "assay/asking/recorded_scores.h"
#include "assay/core/error.h"

namespace assay::asking {
namespace {

VerdictSource recorded_verdicts(const VerdictTask& task, const OracleOptions&) {
  const store::Comparison& comparison = task.comparison;
  return {std::make_unique<RecordedOracle>(comparison.outcomes, comparison.judge, comparison.baseline)};
}

ScoreSource recorded_scores(const ScoreTask& task, const OracleOptions&) {
  const store::Scoring& scoring = task.scoring;
  return {std::make_unique<RecordedScores>(scoring.scores, scoring.judge, task.seed)};
}

ComparedTexts texts_of(const VerdictTask& task) {
  const store::Comparison& comparison = task.comparison;
  return {comparison.queries, comparison.models, comparison.baseline, task.study.prompts(comparison.queries),
          task.study.responses(comparison)};
}

std::vector<ArmTexts> texts_of(const ScoreTask& task) {
  std::vector<store::ScoredText> texts = task.study.texts(task.scoring);
  std::vector<ArmTexts> result;
  result.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const store::Scoring::Arm& arm = task.scoring.arms[i];
    result.push_back({arm.query, arm.model, arm.turn, std::move(texts[i].prompt), std::move(texts[i].response)});
  }
  return result;
}

// `oracle` reads `texts`, and has more to tell.
template <typename TextOracle>
VerdictSource of_complete_pairs(const ResponseTable& responses, std::unique_ptr<TextOracle> oracle) {
  const TextOracle& notes = *oracle;
  return {std::make_unique<CompletePairs>(responses, std::move(oracle)), [&notes] { return notes.notes(); }};
}

judge::ProgramHooks hooks_of(const OracleOptions& options) {
  return {options.timeout, options.waiting, options.said};
}

VerdictSource command_verdicts(const VerdictTask& task, const OracleOptions& options) {
  ComparedTexts texts = texts_of(task);
  const ResponseTable responses = texts.responses;
  return of_complete_pairs(
      responses, std::make_unique<CommandOracle>(argument_of(options), std::move(texts), hooks_of(options)));
}

ScoreSource command_scores(const ScoreTask& task, const OracleOptions& options) {
  auto oracle =
      std::make_unique<CommandScores>(argument_of(options), texts_of(task), task.scale, hooks_of(options));
  const CommandScores& notes = *oracle;
  return {std::move(oracle), [&notes] { return notes.notes(); }};
}

VerdictSource person_verdicts(const VerdictTask& task, const OracleOptions& options) {
  if (options.person == nullptr) throw InvalidArgument("oracle person needs somebody to ask");
  ComparedTexts texts = texts_of(task);
  const ResponseTable responses = texts.responses;
  auto oracle = std::make_unique<PersonOracle>(argument_of(options), std::move(texts), task.seed, *options.person);
  return {std::make_unique<CompletePairs>(responses, std::move(oracle))};
}

constexpr std::array kOracles = {
    OracleEntry{.name = "recorded",
                .help = "the study's own judgements",
                .argument = nullptr,
                .argument_needed = false,
                .live = false,
                .verdicts = recorded_verdicts,
                .scores = recorded_scores},
    OracleEntry{.name = "command",
                .help = "a program that reads a JSON request a line and answers with one, see docs/judge.md",
                .argument = "'PROGRAM ARGS'",
                .argument_needed = true,
                .live = true,
                .verdicts = command_verdicts,
                .scores = command_scores},
    OracleEntry{.name = "llm",
                .help = "an LLM behind an OpenAI-compatible API, see `judge_url` and `judge_model`",
                .argument = nullptr,
                .argument_needed = false,
                .live = true,
                .verdicts = llm_verdicts,
                .scores = llm_scores},
    OracleEntry{.name = "person",
                .help = "you, at this terminal, between two answers without names",
                .argument = "NAME",
                .argument_needed = false,
                .one_by_one = true,
                .live = true,
                .verdicts = person_verdicts,
                .scores = nullptr},
};

std::string forms(bool scores) {
  std::string text;
  for (const OracleEntry& entry : kOracles) {
    if (scores ? entry.scores == nullptr : entry.verdicts == nullptr) continue;
    text += (text.empty() ? "" : ", ") + form_of(entry);
  }
  return text;
}

// Whose verdicts they are, for people.
std::string title_of(const OracleOptions& options) {
  return options.name == "llm" && !options.llm.model.empty() ? options.llm.model : options.name;
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

store::Comparison comparison_for(const OracleOptions& options, const store::Study& study,
                                 const store::ComparisonChoice& choice) {
  const OracleEntry& entry = oracle(options);
  if (entry.verdicts == nullptr) {
    throw InvalidArgument("oracle " + quoted(options.name) + " gives no verdicts; expected " + forms(false));
  }
  if (!entry.live) return study.comparison(choice);
  refuse_judge(choice.judge, options);
  if (choice.without_responses) {
    throw InvalidArgument("oracle " + quoted(options.name) +
                          " reads responses: `without_responses` goes with oracle recorded");
  }
  store::Comparison comparison = study.judgeable(choice);
  comparison.judge = title_of(options);
  return comparison;
}

store::Scoring scoring_for(const OracleOptions& options, const store::Study& study,
                           const store::ScoringChoice& choice) {
  const OracleEntry& entry = oracle(options);
  if (entry.scores == nullptr) {
    throw InvalidArgument("oracle " + quoted(options.name) + " gives no scores; expected " + forms(true));
  }
  if (!entry.live) return study.scoring(choice);
  refuse_judge(choice.judge, options);
  if (choice.skip_unscored) {
    throw InvalidArgument("`skip_unscored` is about recorded scores, which go with oracle recorded");
  }
  store::Scoring scoring = study.scorable();
  scoring.judge = title_of(options);
  return scoring;
}

VerdictSource make_verdicts(const OracleOptions& options, const VerdictTask& task) {
  return oracle(options).verdicts(task, options);
}

ScoreSource make_scores(const OracleOptions& options, const ScoreTask& task) {
  return oracle(options).scores(task, options);
}

void add_notes(const std::function<std::vector<std::string>()>& of_oracle, std::vector<std::string>& notes) {
  if (!of_oracle) return;
  for (std::string& note : of_oracle()) notes.push_back(std::move(note));
}

}  // namespace assay::asking

#include "assay/data/format.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "assay/core/error.h"
#include "assay/data/alpaca_eval.h"
#include "assay/data/answers.h"
#include "assay/data/arena_hard.h"
#include "assay/data/battles.h"
#include "assay/data/columnar.h"
#include "assay/data/csv.h"
#include "assay/data/deepeval.h"
#include "assay/data/every_eval_ever.h"
#include "assay/data/helm.h"
#include "assay/data/inspect.h"
#include "assay/data/jsonl.h"
#include "assay/data/llm_router_bench.h"
#include "assay/data/lm_eval.h"
#include "assay/data/mt_bench.h"
#include "assay/data/openai_batch.h"
#include "assay/data/own_look.h"
#include "assay/data/promptfoo.h"
#include "assay/data/router_arena.h"
#include "assay/data/router_bench.h"

namespace assay::data {
namespace {

constexpr std::array kFormats = {
    Format{"alpaca-eval",
           "AlpacaEval: a results/ folder, or annotations.json files",
           read_alpaca_eval,
           {.annotator = true},
           recognise_alpaca_eval},
    Format{"arena-hard",
           "Arena-Hard, old and current layout: a folder with question.jsonl",
           read_arena_hard,
           {.judge = true, .baseline = true, .one_game = true},
           recognise_arena_hard},
    Format{"mt-bench",
           "MT-Bench of FastChat: folders with question.jsonl, scores and pairs",
           read_mt_bench,
           {.baseline = true},
           recognise_mt_bench},
    Format{"inspect",
           "Inspect AI: logs (.eval, .json), or folders around some",
           read_inspect,
           {.runs = true},
           recognise_inspect},
    Format{"csv",
           "table: a query a row and a model a column; or model, prompt_id, score",
           read_csv,
           {.judge = true, .baseline = true, .columns = true, .own = true, .prompt = true},
           recognise_csv,
           true},
    Format{"jsonl",
           "one prompt, response, verdict, score, label or price a line, or rows of yours",
           read_jsonl,
           {.judge = true, .baseline = true, .own = true, .prompt = true},
           recognise_jsonl,
           true},
    Format{"parquet",
           "Parquet files, or folders around some: rows of yours, or what was exported",
           read_columnar,
           {.judge = true, .baseline = true, .columns = true, .own = true, .prompt = true},
           recognise_parquet,
           true,
           true},
    Format{"arrow",
           "Arrow files and streams, Feather files, or folders around some: the same",
           read_columnar,
           {.judge = true, .baseline = true, .columns = true, .own = true, .prompt = true},
           recognise_arrow,
           true,
           true},
    Format{"answers",
           "what models answered, a file for each: prompt and response a row",
           read_answers,
           {.judge = true, .baseline = true, .columns = true, .own = true},
           recognise_answers,
           true},
    Format{"battles",
           "left, right, winner tables; arena battles (model_a, model_b, winner), JSON",
           read_battles,
           {.judge = true, .baseline = true},
           recognise_battles,
           true},
    Format{"router-bench",
           "RouterBench: wide or long tables, written as csv",
           read_router_bench,
           {},
           recognise_router_bench},
    Format{"llm-router-bench",
           "LLMRouterBench: a results/ folder, or run files (.json)",
           read_llm_router_bench,
           {.runs = true},
           recognise_llm_router_bench},
    Format{"router-arena",
           "RouterArena: a cached_results/ folder, or MODEL.jsonl files",
           read_router_arena,
           {.runs = true},
           recognise_router_arena},
    Format{"openai-batch",
           "OpenAI Batch API: folders or files with requests and replies",
           read_openai_batch,
           {},
           recognise_openai_batch},
    Format{"lm-eval",
           "lm-evaluation-harness: a folder with samples_*.jsonl and results_*.json",
           read_lm_eval,
           {.runs = true},
           recognise_lm_eval},
    Format{"every-eval-ever",
           "Every Eval Ever: a folder with UUID_samples.jsonl and UUID.json",
           read_every_eval_ever,
           {.runs = true},
           recognise_every_eval_ever},
    Format{"helm",
           "HELM: benchmark_output/runs, a suite, or a run's folder",
           read_helm,
           {.runs = true},
           recognise_helm},
    Format{"promptfoo",
           "promptfoo: output.json, output.jsonl, or what `promptfoo export eval` writes",
           read_promptfoo,
           {.runs = true},
           recognise_promptfoo},
    Format{"deepeval",
           "DeepEval: test_run_*.json, or a folder of them",
           read_deepeval,
           {.runs = true},
           recognise_deepeval},
};

}  // namespace

void check_options(const Format& format, const FormatOptions& options) {
  const struct {
    std::string_view name;
    bool given;
    bool taken;
  } all[] = {{"`annotator`", !options.annotator.empty(), format.takes.annotator},
             {"`judge`", !options.judge.empty(), format.takes.judge},
             {"`baseline`", !options.baseline.empty(), format.takes.baseline},
             {"`gold`", !options.gold.empty(), format.takes.columns},
             {"`task`", !options.task.empty(), format.takes.columns},
             {"`weights`", !options.weights.empty(), format.takes.columns},
             {"`ignore`", !options.ignore.empty(), format.takes.own},
             {"`model`", !options.model.empty(), format.takes.own},
             {"`prompt`", !options.prompt.empty(), format.takes.prompt},
             {"`na`", options.na != FormatOptions().na, format.takes.columns},
             {"`errors`", options.errors_are_wrong, format.takes.runs},
             {"`run`", !options.run.empty(), format.takes.runs},
             {"`one_game`", options.one_game, format.takes.one_game}};
  std::vector<std::string_view> taken;
  for (const auto& option : all) {
    if (option.taken) taken.push_back(option.name);
  }
  for (const auto& option : all) {
    if (!option.given || option.taken) continue;
    const std::string others = taken.empty() ? "and no other option" : fmt::format("{}", fmt::join(taken, " and "));
    throw InvalidArgument(fmt::format("format {} takes no {}{}{}", format.name, option.name,
                                      taken.empty() ? ", " : "; it takes ", others));
  }
}

std::span<const Format> formats() { return kFormats; }

const Format& format(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Format& candidate : kFormats) {
    if (candidate.name == name) return candidate;
    names.push_back(candidate.name);
  }
  throw InvalidArgument(fmt::format("expected a format ({}), came {}", fmt::join(names, ", "), quoted(name)));
}

}  // namespace assay::data

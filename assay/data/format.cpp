#include "assay/data/format.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "assay/core/error.h"
#include "assay/data/alpaca_eval.h"
#include "assay/data/arena_hard.h"
#include "assay/data/battles.h"
#include "assay/data/csv.h"
#include "assay/data/inspect.h"
#include "assay/data/jsonl.h"
#include "assay/data/mt_bench.h"

namespace assay::data {
namespace {

constexpr std::array kFormats = {
    Format{"alpaca-eval",
           "AlpacaEval: a results/ folder, or annotations.json files",
           read_alpaca_eval,
           {.annotator = true}},
    Format{"arena-hard",
           "Arena-Hard, old and current layout: a folder with question.jsonl",
           read_arena_hard,
           {.judge = true, .baseline = true, .one_game = true}},
    Format{"mt-bench",
           "MT-Bench of FastChat: folders with question.jsonl, scores and pairs",
           read_mt_bench,
           {.baseline = true}},
    Format{"csv",
           "wide table: a query a row, a model a column; outcomes, scores or labels",
           read_csv,
           {.judge = true, .baseline = true, .columns = true}},
    Format{"jsonl",
           "one prompt, response, verdict, score, label or price a line",
           read_jsonl,
           {.judge = true, .baseline = true}},
    Format{"battles",
           "left, right, winner tables; arena battles (model_a, model_b, winner), JSON",
           read_battles,
           {.judge = true, .baseline = true}},
    Format{"inspect",
           "Inspect AI: logs (.eval, .json), or folders around some",
           read_inspect,
           {.runs = true},
           recognise_inspect},
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
             {"`ignore`", !options.ignore.empty(), format.takes.columns},
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
    throw InvalidArgument(
        fmt::format("format {} takes no {}; it takes {}", format.name, option.name, fmt::join(taken, " and ")));
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

// What an assistant judge saves strategy `assay`, and what one that knows nothing costs: the table of
// docs/results/select.md. Each row replays the same pools without and with it. Usage:
//
//   bench_assistant [REALIZATIONS [WORD]]      500, and all data sets whose name holds WORD
//
// Reads the benchmark data that ASSAY_BENCH_DATA names. Assistants are the judge's own verdicts of which a share is
// turned round, and real ones: the answer that most models give (crux), the same judge with the answers in the
// other order (ko_arena_hard), the first turn's score for the second one's (mt_bench).

#include "assay/asking/assistant.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "assay/app/import.h"
#include "assay/asking/strategy_inputs.h"
#include "assay/core/rng.h"
#include "assay/data/byte_source.h"
#include "assay/data/csv_records.h"
#include "assay/sim/replay.h"
#include "assay/store/study.h"
#include "bench/measure.h"
#include "tests/sim/scenario.h"

namespace {

using namespace assay;
namespace fs = std::filesystem;

constexpr std::ptrdiff_t kFew = 8;
constexpr std::size_t kDraws = 50;

struct Options {
  std::size_t realizations = 500;
  std::string word;
};

// What is replayed.
struct Case {
  std::string name;
  std::vector<std::string> models;
  RewardTable rewards;
  double step = 0;
  std::size_t pool = 0;
  std::shared_ptr<const text::FeatureTable> features = nullptr;
};

using Assistants = std::vector<std::pair<std::string, RewardTable>>;

// Of runs without an assistant and with each.
struct Stops {
  double calls = 0;
  double wrong = 0;
};

// Without an assistant first.
std::vector<Stops> stops_of(const Case& one, const Assistants& assistants, std::size_t realizations) {
  const select::StrategyEntry& assay = select::strategy("assay");
  sim::ReplaySetup setup;
  setup.rewards = &one.rewards;
  setup.step = one.step;
  setup.features = one.features;
  setup.realizations = realizations;
  setup.pool = setup.budget = one.pool;
  std::vector<sim::Competitor> competitors = {{&assay, {}, assay.returns}};
  for (const auto& [name, table] : assistants) {
    competitors.push_back({&assay, {}, assay.returns, std::make_shared<const RewardTable>(table)});
  }
  std::vector<Stops> stops;
  for (const sim::ReplayResult& result : sim::replay(setup, competitors)) {
    stops.push_back({result.stop->calls_mean / static_cast<double>(one.models.size()), result.stop->wrong});
  }
  return stops;
}

void print_rows(const std::string& name, const Case& one, const Assistants& assistants,
                const std::vector<Stops>& stops) {
  for (std::size_t i = 0; i < assistants.size(); ++i) {
    const asking::Assistant assistant{"", "", one.step >= 0.5,
                                      std::make_shared<const RewardTable>(assistants[i].second)};
    store::Comparison compared;
    compared.models = one.models;
    const asking::AssistantReport worth = asking::assistant_report(assistant, one.rewards, compared, "");
    const std::string agrees = worth.agreement ? fmt::format("{:.0f} %", 100 * *worth.agreement)
                                               : fmt::format("r = {:.2f}", worth.correlation.value_or(0));
    fmt::print("| {} | {} | {} | {:.1f} | {:.1f} | {:+.1f} % | {:.1f} % | {:.1f} % |\n", name, assistants[i].first,
               agrees, stops[0].calls, stops[i + 1].calls, 100 * (stops[i + 1].calls / stops[0].calls - 1),
               100 * stops[0].wrong, 100 * stops[i + 1].wrong);
  }
  std::fflush(stdout);
}

RewardTable columns(const RewardTable& table, const std::vector<std::size_t>& models) {
  RewardTable part(table.queries(), models.size());
  for (std::size_t q = 0; q < table.queries(); ++q) {
    for (std::size_t j = 0; j < models.size(); ++j) {
      part.set(query_id(q), model_id(j), table.at(query_id(q), model_id(models[j])));
    }
  }
  return part;
}

Case some_models(const Case& one, const std::vector<std::size_t>& models) {
  Case part = one;
  part.models.assign(models.size(), "");
  part.rewards = columns(one.rewards, models);
  if (one.features == nullptr) return part;
  text::FeatureTable features(one.features->queries(), models.size(), one.features->features());
  for (std::size_t q = 0; q < features.queries(); ++q) {
    for (std::size_t j = 0; j < models.size(); ++j) {
      std::ranges::copy(one.features->at(query_id(q), model_id(models[j])),
                        features.at(query_id(q), model_id(j)).begin());
    }
  }
  part.features = std::make_shared<const text::FeatureTable>(std::move(features));
  return part;
}

// A few of the models, drawn anew a few times.
void print_few(const Case& one, const Assistants& assistants, const Options& options) {
  std::vector<std::size_t> order(one.models.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<Stops> mean(assistants.size() + 1);
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    Rng(draw, 5).shuffle(std::span(order));
    const std::vector<std::size_t> few(order.begin(), order.begin() + kFew);
    Assistants of_few;
    for (const auto& [name, table] : assistants) of_few.emplace_back(name, columns(table, few));
    const std::vector<Stops> stops =
        stops_of(some_models(one, few), of_few, std::max<std::size_t>(1, options.realizations / kDraws));
    for (std::size_t i = 0; i < stops.size(); ++i) {
      mean[i].calls += stops[i].calls / kDraws;
      mean[i].wrong += stops[i].wrong / kDraws;
    }
  }
  print_rows(fmt::format("{}, {} models", one.name, kFew), one, assistants, mean);
}

void print_case(const Case& one, const Assistants& assistants, const Options& options) {
  print_rows(one.name, one, assistants, stops_of(one, assistants, options.realizations));
  if (std::ssize(one.models) > 2 * kFew) print_few(one, assistants, options);
}

Assistants flipped(const RewardTable& rewards) {
  Assistants assistants;
  for (const double share : {0.0, 0.05, 0.15, 0.3, 0.5}) {
    assistants.emplace_back(fmt::format("{:.0f} % turned round", 100 * share), flip(rewards, share, 11));
  }
  return assistants;
}

// Rows of a table of text, the head first.
std::vector<std::vector<std::string>> rows_of(const fs::path& path) {
  const std::unique_ptr<data::ByteSource> source = data::open_source(path.string(), nullptr);
  data::CsvRecords records(*source);
  std::vector<std::vector<std::string>> rows;
  while (records.next()) rows.emplace_back(records.fields().begin(), records.fields().end());
  return rows;
}

// The answer that most models give is taken for the right one.
RewardTable by_majority(const fs::path& answers, const store::Comparison& comparison) {
  std::vector<std::vector<std::string>> rows = rows_of(answers);
  std::map<std::string, std::size_t> query;
  for (std::size_t q = 0; q < comparison.queries.size(); ++q) query[comparison.queries[q]] = q;
  std::map<std::string, std::size_t> model;
  for (std::size_t j = 0; j < comparison.models.size(); ++j) model[comparison.models[j]] = j;
  RewardTable table(query.size(), model.size());
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto q = query.find(rows[i][0]);
    if (q == query.end()) continue;
    std::map<std::string, std::size_t> votes;
    std::size_t most = 0;
    for (std::size_t c = 2; c < rows[i].size(); ++c) {
      if (model.contains(rows[0][c]) && !rows[i][c].empty()) most = std::max(most, ++votes[rows[i][c]]);
    }
    for (std::size_t c = 2; c < rows[i].size(); ++c) {
      const auto j = model.find(rows[0][c]);
      if (j == model.end()) continue;
      const auto vote = votes.find(rows[i][c]);
      table.set(query_id(q->second), model_id(j->second), vote != votes.end() && vote->second == most ? 1.0 : 0.0);
    }
  }
  return table;
}

// Two numbers for each (query, model), as two tables; NaN where there is none.
class TwoTables {
 public:
  void add(const std::string& query, const std::string& model, std::size_t table, double value) {
    cells_[query][model][table] = value;
    ++models_[model];
  }
  // Models with numbers on nine queries in ten.
  Case judge(const std::string& name, double step, std::size_t pool) {
    Case one{.name = name, .models = {}, .rewards = {}, .step = step, .pool = pool};
    std::size_t most = 0;
    for (const auto& [model, count] : models_) most = std::max(most, count);
    for (const auto& [model, count] : models_) {
      if (10 * count >= 9 * most) one.models.push_back(model);
    }
    one.rewards = table(one.models, 1);
    return one;
  }
  RewardTable table(const std::vector<std::string>& models, std::size_t which) const {
    RewardTable result(cells_.size(), models.size());
    std::size_t q = 0;
    for (const auto& [query, of_query] : cells_) {
      for (std::size_t j = 0; j < models.size(); ++j) {
        const auto found = of_query.find(models[j]);
        if (found == of_query.end() || !found->second.contains(which)) continue;
        result.set(query_id(q), model_id(j), found->second.at(which));
      }
      ++q;
    }
    return result;
  }

 private:
  std::map<std::string, std::map<std::string, std::map<std::size_t, double>>> cells_;
  std::map<std::string, std::size_t> models_;
};

void print_study(const std::string& name, const std::string& study_path, std::size_t pool, const Options& options,
                 const fs::path& answers = {}) {
  store::Study study(study_path, store::Study::Mode::write_if_possible);
  const store::Comparison comparison = study.comparison({});
  asking::StrategyInputs inputs(study, comparison, nullptr, {}, 1, {});
  Assistants assistants = flipped(comparison.rewards);
  if (!answers.empty()) assistants.emplace_back("what most models answer", by_majority(answers, comparison));
  print_case({name, comparison.models, comparison.rewards, comparison.step, pool, inputs.features()}, assistants,
             options);
}

// Of the marks "A>>B" .. "B>>A": 1 if A is better, 0 if B is.
double mark_of(const std::string& text) { return text == "A>>B" || text == "A>B" ? 1 : text == "A=B" ? 0.5 : 0; }

void print_orders(const fs::path& games, const Options& options) {
  TwoTables tables;
  const auto rows = rows_of(games);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (!rows[i][2].empty()) tables.add(rows[i][0], rows[i][1], 0, 1 - mark_of(rows[i][2]));  // the baseline is A
    if (!rows[i][3].empty()) tables.add(rows[i][0], rows[i][1], 1, mark_of(rows[i][3]));
  }
  const Case one = tables.judge("ko_arena_hard, one order", 0.5, 400);
  print_case(one, {{"the other order", tables.table(one.models, 0)}}, options);
}

void print_turns(const fs::path& scores, const Options& options) {
  TwoTables tables;
  const auto rows = rows_of(scores);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const double score = std::strtod(rows[i][3].c_str(), nullptr);
    if (score >= 1) tables.add(rows[i][0], rows[i][2], rows[i][1] == "1" ? 0 : 1, (score - 1) / 9);
  }
  const Case one = tables.judge("mt_bench, second turn", 0, 50);
  print_case(one, {{"the first turn's score", tables.table(one.models, 0)}}, options);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (argc > 1) options.realizations = std::max(1UL, std::strtoul(argv[1], nullptr, 10));
  if (argc > 2) options.word = argv[2];
  const char* const folder = std::getenv("ASSAY_BENCH_DATA");
  if (folder == nullptr) {
    fmt::print("assistant: skipped, ASSAY_BENCH_DATA names no folder\n");
    return 0;
  }
  const fs::path data = folder;
  const ScratchFolder scratch;
  const auto wanted = [&](const char* name) {
    return std::string_view(name).find(options.word) != std::string_view::npos;
  };
  fmt::print("assistant: {} realizations, seed 1, confidence 95 %, epsilon 0\n\n", options.realizations);
  fmt::print(
      "| | assistant | agrees | without | with | calls | wrong without | with |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  if (wanted("AlpacaEval") && !alpaca_eval_results().empty()) {
    app::run_import({.format = "alpaca-eval",
                     .paths = {alpaca_eval_results().string()},
                     .study = scratch.file("alpaca.assay"),
                     .options = {}});
    print_study("AlpacaEval", scratch.file("alpaca.assay"), 500, options);
  }
  if (wanted("ko_arena_hard") && fs::is_directory(data / "ko_arena_hard")) {
    app::run_import({.format = "arena-hard",
                     .paths = {(data / "ko_arena_hard" / "data").string()},
                     .study = scratch.file("ko.assay"),
                     .options = {.baseline = "claude-3.7-sonnet"}});
    print_study("ko_arena_hard", scratch.file("ko.assay"), 400, options);
    print_orders(data / "ko_arena_hard" / "derived_games.csv", options);
  }
  if (wanted("crux") && fs::is_directory(data / "accuracy" / "crux")) {
    app::run_import({.format = "csv",
                     .paths = {(data / "accuracy" / "crux" / "correct.csv").string()},
                     .study = scratch.file("crux.assay"),
                     .options = {.task = "category"}});
    print_study("crux", scratch.file("crux.assay"), 500, options, data / "accuracy" / "crux" / "answers.csv");
  }
  if (wanted("mt_bench") && fs::is_directory(data / "mt_bench")) {
    print_turns(data / "mt_bench" / "derived_scores.csv", options);
  }
}

#include "assay/asking/strategy_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/hash.h"

namespace assay::asking {
namespace {

// Part of every key: to be raised with each change of what is computed, so that a study never mixes old and new.
constexpr std::string_view kVersion = "v2 | ";

// Of the names in order, so that what is kept is not taken for another set of candidates.
std::string digest_of(const store::Comparison& comparison) {
  std::uint64_t hash = kHashStart;
  const auto take = [&](std::string_view name) {
    hash = fnv1a("\xFF", fnv1a(name, hash));
  };  // FF: no byte of UTF-8
  for (const std::string& query : comparison.queries) take(query);
  take("");
  for (const std::string& model : comparison.models) take(model);
  take(comparison.baseline);
  return fmt::format("{:016x}", hash);
}

Error damaged() { return Error("what the study keeps of weak judges and similarities is damaged; import anew"); }

// Whoever made the file, nothing is read beyond its end.
template <typename TableOfQueries>
void check_shape(const TableOfQueries& table, const store::Comparison& comparison) {
  if (table.queries() != comparison.queries.size() || table.models() != comparison.models.size()) throw damaged();
}

// Lines of former versions held the parameters of all strategies of the time. They are the keys of kept searches,
// so that every line still begins with these.
constexpr std::array<std::pair<std::string_view, double>, 3> kInEveryLine = {
    {{"e-loss", 0.2}, {"e-draw", 0.4}, {"temperature", 1}}};

std::string to_line(const ParameterValues& point) {
  std::string line;
  const auto add = [&](double value) { line += fmt::format("{}{}", line.empty() ? "" : " ", value); };
  for (const auto& [name, standing] : kInEveryLine) {
    add(has_parameter(point.parameters(), name) ? point.at(name) : standing);
  }
  for (const Parameter& parameter : point.parameters()) {
    const auto same = [&](const auto& one) { return one.first == parameter.name; };
    if (std::ranges::none_of(kInEveryLine, same)) add(point.at(parameter.name));
  }
  return line;
}

// The points of a strategy's grid that agree with what was given, each once. Never empty.
std::vector<ParameterValues> grid_with(const select::StrategyEntry& entry, const GivenParameters& given) {
  std::vector<ParameterValues> grid;
  for (ParameterValues& point : select::parameter_grid(entry)) {
    point.take(given);
    check(point);
    const bool holds = entry.condition.holds == nullptr || entry.condition.holds(point.values());
    if (holds && std::ranges::find(grid, point) == grid.end()) grid.push_back(std::move(point));
  }
  if (grid.empty()) throw InvalidArgument(std::string(entry.condition.text));
  return grid;
}

bool has_baseline(const ResponseTable& responses) {
  for (std::size_t q = 0; q < responses.queries(); ++q) {
    if (responses.has_baseline(query_id(q))) return true;
  }
  return false;
}

bool has_candidates(const ResponseTable& responses) {
  for (std::size_t q = 0; q < responses.queries(); ++q) {
    for (std::size_t j = 0; j < responses.models(); ++j) {
      if (responses.has(query_id(q), model_id(j))) return true;
    }
  }
  return false;
}

}  // namespace

StrategyInputs::StrategyInputs(store::Study& study, const store::Comparison& comparison,
                               std::shared_ptr<const ResponseTable> responses,
                               const select::WeakJudgeOptions& options, std::size_t threads, StartProgress start)
    : study_(study),
      comparison_(comparison),
      options_(options),
      threads_(threads),
      start_(start ? std::move(start) : [](std::string_view) { return Progress{}; }),
      digest_(digest_of(comparison)),
      responses_(std::move(responses)) {}

std::string StrategyInputs::key(std::string_view kind) const {
  return std::string(kVersion) + std::string(kind) + " | " + digest_;
}

void StrategyInputs::keep(std::string_view key, std::string_view bytes) {
  if (study_.writable()) study_.keep_derived(key, bytes);
}

const ResponseTable& StrategyInputs::responses() {
  if (!responses_) responses_ = std::make_shared<const ResponseTable>(study_.responses(comparison_));
  return *responses_;
}

const ResponseTable& StrategyInputs::responses(bool of_baseline) {
  const ResponseTable& table = responses();
  const bool candidates = has_candidates(table);
  if (!candidates || (of_baseline && !has_baseline(table))) {
    throw InvalidArgument("weak judges and similarities need responses, and the study has none of " +
                          (!candidates ? "any candidate" : "the baseline " + quoted(comparison_.baseline)) +
                          "; strategies assay and random work without");
  }
  return table;
}

std::shared_ptr<const select::WeakVerdicts> StrategyInputs::weak() {
  if (weak_) return weak_;
  const std::string at = key("weak judges: " + options_.describe());
  const auto bytes = study_.derived(at);
  weak_was_kept_ = bytes.has_value();
  if (bytes) {
    weak_ = std::make_shared<select::WeakVerdicts>(select::WeakVerdicts::from_bytes(*bytes));
    check_shape(*weak_, comparison_);
    if (weak_->judges() != options_.kgram.max_order) throw damaged();
  } else {
    weak_ = std::make_shared<select::WeakVerdicts>(
        select::judge_weakly(responses(true), options_, threads_, start_("weak judges")));
    keep(at, weak_->to_bytes());
  }
  return weak_;
}

std::shared_ptr<const text::SimilarityTable> StrategyInputs::similarity() {
  if (similarity_) return similarity_;
  const std::string at = key("similarity");
  if (const auto bytes = study_.derived(at)) {
    similarity_ = std::make_shared<text::SimilarityTable>(text::SimilarityTable::from_bytes(*bytes));
    check_shape(*similarity_, comparison_);
  } else {
    similarity_ = std::make_shared<text::SimilarityTable>(
        text::response_similarity(responses(false), threads_, start_("similarity")));
    keep(at, similarity_->to_bytes());
  }
  return similarity_;
}

std::shared_ptr<const text::FeatureTable> StrategyInputs::features() {
  if (!features_ && has_candidates(responses())) {
    features_ = std::make_shared<text::FeatureTable>(text::response_features(responses()));
  }
  return features_;
}

std::shared_ptr<const select::Names> StrategyInputs::names() {
  if (!names_) {
    names_ = std::make_shared<const select::Names>(
        select::Names{comparison_.models, comparison_.baseline, comparison_.queries});
  }
  return names_;
}

select::Problem StrategyInputs::problem(const select::StrategyEntry& entry, std::span<const QueryId> pool,
                                        std::uint64_t seed) {
  select::Problem problem;
  problem.models = comparison_.models.size();
  problem.pool.assign(pool.begin(), pool.end());
  problem.weak = entry.needs_weak ? weak() : nullptr;
  problem.similarity = entry.needs_similarity ? similarity() : nullptr;
  problem.features = entry.uses_features ? features() : nullptr;
  problem.names = entry.told_names ? names() : nullptr;
  problem.seed = seed;
  return problem;
}

ParameterValues StrategyInputs::parameters(const select::StrategyEntry& entry, const GivenParameters& given) {
  const std::vector<ParameterValues> grid = grid_with(entry, given);
  return grid.size() == 1 ? grid.front() : searched(entry, grid);
}

ParameterValues StrategyInputs::searched(const select::StrategyEntry& entry,
                                         std::span<const ParameterValues> grid) {
  std::string at = key("grid search: " + std::string(entry.name) + ", " + options_.describe());
  for (const ParameterValues& point : grid) at += (&point == grid.data() ? " | " : ", ") + to_line(point);
  if (const auto line = study_.derived(at)) {
    const auto kept = std::ranges::find(grid, *line, to_line);
    if (kept == grid.end()) throw damaged();
    return *kept;
  }
  sim::GridSearchSetup setup;
  setup.weak = weak();
  setup.similarity = entry.needs_similarity ? similarity() : nullptr;
  setup.threads = threads_;
  const Progress progress = start_("grid search, " + std::string(entry.name));
  const ParameterValues best = sim::grid_search(setup, entry, grid, progress).front().parameters;
  keep(at, to_line(best));
  return best;
}

}  // namespace assay::asking

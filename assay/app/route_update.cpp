#include "assay/app/route_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <utility>

#include "assay/core/error.h"
#include "assay/data/outcome_lines.h"
#include "assay/embed/kept_vector.h"
#include "assay/report/numbers.h"
#include "assay/route/search_index.h"
#include "assay/route/update.h"
#include "assay/routing/router_file.h"
#include "assay/store/name_list.h"

namespace assay::app {
namespace {

// Names with numbers: those that are known first, then new ones as they come.
class Numbered {
 public:
  explicit Numbered(const std::vector<std::string>& known) {
    for (const std::string& name : known) (*this)(name);
  }
  std::uint32_t operator()(const std::string& name) {
    const auto [at, fresh] = numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (fresh) names_.push_back(name);
    return at->second;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> names_;
};

// One of a gateway's log is of length 1 and stays as it is to the last bit, so that its query is known again.
std::vector<float> unit(const std::vector<float>& vector) {
  constexpr double kNearOne = 1e-3;
  double squares = 0;
  for (const float x : vector) squares += static_cast<double>(x) * x;
  return std::abs(squares - 1) < kNearOne ? vector : embed::normalized(vector);
}

struct Prompts {
  std::vector<float> vectors;      // a line each: as told, else by the router's embedding
  std::vector<std::string> texts;  // each once, also of lines that tell their vector
};

Prompts prompts_of(const RouteUpdateRequest& request, const routing::RouterFile& router,
                   const std::vector<data::OutcomeLine>& lines) {
  const std::size_t d = router.router().benchmark.vectors.dimensions;
  const std::string& embedding = router.contents().embedding;
  std::map<std::string_view, std::size_t> numbers;
  std::vector<std::string> texts;
  for (const data::OutcomeLine& line : lines) {
    if (!line.vector.empty()) {
      if (!line.embedding.empty() && line.embedding != embedding) {
        throw InvalidArgument("the router was made with vectors of " + quoted(embedding) + ", came one of " +
                              quoted(line.embedding));
      }
      if (line.vector.size() != d) {
        throw InvalidArgument(fmt::format("expected vectors of {} numbers as the router has them, came one of {}",
                                          d, line.vector.size()));
      }
      continue;
    }
    if (numbers.try_emplace(*line.prompt, texts.size()).second) texts.push_back(*line.prompt);
  }
  std::vector<float> made;
  if (!texts.empty()) made = router.embed(request.embedding, texts, request.threads);
  std::vector<float> vectors;
  vectors.reserve(lines.size() * d);
  for (const data::OutcomeLine& line : lines) {
    if (!line.vector.empty()) {
      const std::vector<float> own = unit(line.vector);
      vectors.insert(vectors.end(), own.begin(), own.end());
    } else {
      const auto first = made.begin() + static_cast<std::ptrdiff_t>(numbers.at(*line.prompt) * d);
      vectors.insert(vectors.end(), first, first + static_cast<std::ptrdiff_t>(d));
    }
  }
  for (const data::OutcomeLine& line : lines) {
    if (line.prompt && numbers.try_emplace(*line.prompt, texts.size()).second) texts.push_back(*line.prompt);
  }
  return {std::move(vectors), std::move(texts)};
}

// NaN for new ones.
std::vector<double> with_new(const std::vector<double>& values, std::size_t count) {
  std::vector<double> result = values;
  result.resize(count, std::numeric_limits<double>::quiet_NaN());
  return result;
}

void describe(const routing::RouterFile& before, const route::UpdatedRouter& after,
              const route::RouterContents& contents, const std::vector<std::size_t>& outcomes,
              RouteUpdateReport& report) {
  const std::size_t old = before.router().models();
  for (std::size_t j = 0; j < contents.models.size(); ++j) {
    const route::ModelStanding& standing = after.standing[j];
    report.models.push_back({contents.models[j], j >= old, standing.accuracy, standing.error,
                             j < old ? before.router().accuracy[j] : std::numeric_limits<double>::quiet_NaN(),
                             static_cast<std::size_t>(standing.known), outcomes[j]});
  }
  const std::size_t tasks = before.contents().tasks.size();
  report.new_tasks.assign(contents.tasks.begin() + static_cast<std::ptrdiff_t>(tasks), contents.tasks.end());
  report.queries = after.task.size();
  report.new_queries = after.new_queries;
  report.filled = after.filled;
  report.changed = after.changed;
  report.forgotten = after.forgotten;
  report.digest = route::candidate_digest(contents.models);
}

// A model that is new may be one that is known, misspelled.
std::string new_models_note(const std::vector<std::string>& models, std::size_t known) {
  const std::span<const std::string> all(models);
  return "new models: " + store::unknown_list(all.subspan(known), all.first(known));
}

// New models that were asked other prompts than all others: nothing tells whether these are easy or hard.
std::vector<std::string> not_compared_notes(const route::UpdatedRouter& after,
                                            const std::vector<std::string>& models, std::size_t known) {
  std::vector<std::string> notes;
  for (std::size_t j = known; j < models.size(); ++j) {
    const route::ModelStanding& standing = after.standing[j];
    if (standing.known == 0 || 2 * standing.compared >= standing.known) continue;
    notes.push_back(fmt::format(
        "{}: {} of its {} outcomes are on prompts that another model was asked; the others count as they are, "
        "whether these prompts are easy or hard",
        quoted(models[j]), standing.compared, standing.known));
  }
  return notes;
}

// Ages count from the newest outcome: one in the future would make all others old.
void check_times(const std::vector<data::OutcomeLine>& lines) {
  constexpr double kSlack = 86'400;  // of clocks and time zones
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (const data::OutcomeLine& line : lines) {
    if (line.time <= now + kSlack || std::isnan(line.time)) continue;
    throw InvalidArgument(fmt::format(
        "expected times that have passed, Unix seconds, came {:.0f} of model {}: ages count from the newest one",
        line.time, quoted(line.model)));
  }
}

// Empty unless more than half of what was known is forgotten: one wrong time may be why.
std::string forgotten_note(const route::Router& before, const route::UpdatedRouter& after) {
  const auto known = static_cast<std::size_t>(
      std::ranges::count_if(before.benchmark.cells, [](Correctness cell) { return cell.known(); }));
  if (2 * after.forgotten_before <= known) return {};
  return fmt::format(
      "more than half of what the router knew is forgotten: {} of {} outcomes. Ages count from the newest time, "
      "{}: "
      "if that is right, take a longer `half_life`",
      report::grouped(after.forgotten_before), report::grouped(known),
      *std::max_element(after.times.begin(), after.times.end()));
}

}  // namespace

RouteUpdateReport run_route_update(const RouteUpdateRequest& request) {
  const routing::RouterFile before(request.router);
  const data::OutcomeLines read = data::read_outcome_lines(request.outcomes);
  if (read.lines.empty()) {
    throw InvalidArgument(fmt::format(
        "no outcome in {}: {} lines have no \"model\" or \"right\", {} neither \"prompt\" nor \"vector\"",
        quoted(request.outcomes), read.without_outcome, read.without_prompt));
  }
  check_times(read.lines);
  const Prompts prompts = prompts_of(request, before, read.lines);
  const std::size_t d = before.router().benchmark.vectors.dimensions;
  Numbered models(before.contents().models), tasks(before.contents().tasks);
  std::vector<std::uint32_t> task;
  std::vector<route::Outcomes::Outcome> outcomes;
  for (std::uint32_t i = 0; i < read.lines.size(); ++i) {
    const data::OutcomeLine& line = read.lines[i];
    task.push_back(line.task ? tasks(*line.task) : route::kTaskOfNearest);
    outcomes.push_back(
        {i, models(line.model), line.right, std::isnan(line.time) ? 0 : static_cast<route::Seconds>(line.time)});
  }
  const route::UpdatedRouter after = route::update_router(
      before.router(), {{prompts.vectors, d}, task, outcomes, models.names().size(), tasks.names().size()},
      {.half_life_days = request.half_life, .threads = request.threads});

  route::RouterContents contents;
  contents.router = after.router();
  const route::SearchIndex index = route::build_index(contents.router.benchmark.vectors);
  if (index.codes) contents.router.codes = index.codes->view();
  if (index.graph) contents.router.graph = index.graph->view();
  if (request.drop_guard) contents.router.guard.reset();
  contents.models = models.names();
  contents.tasks = tasks.names();
  contents.parameters = with_new(before.contents().parameters, contents.models.size());
  contents.cost = with_new(before.contents().cost, contents.models.size());
  contents.embedding = before.contents().embedding;
  contents.hashed = before.contents().hashed;
  std::vector<float> weights;
  if (!contents.hashed.weights.empty() && !prompts.texts.empty()) {
    weights = text::with_known(contents.hashed, prompts.texts);
    contents.hashed.weights = weights;
  }

  RouteUpdateReport report;
  report.router = request.router;
  report.output = request.output.empty() ? request.router : request.output;
  report.outcomes = outcomes.size();
  report.without_outcome = read.without_outcome;
  report.without_prompt = read.without_prompt;
  report.half_life = request.half_life;
  report.guard_void = before.router().guard.has_value();
  report.guard_dropped = report.guard_void && request.drop_guard;
  std::vector<std::size_t> of_model(contents.models.size(), 0);
  for (const route::Outcomes::Outcome& one : outcomes) ++of_model[one.model];
  describe(before, after, contents, of_model, report);
  if (read.without_outcome > 0) {
    report.notes.push_back(
        fmt::format("lines left out, as they do not say which \"model\" it was or whether it was \"right\": {}",
                    read.without_outcome));
  }
  if (read.without_prompt > 0) {
    report.notes.push_back(
        fmt::format("outcomes left out that have neither \"prompt\" nor \"vector\": {}", read.without_prompt));
  }
  if (read.half_characters > 0) {
    report.notes.push_back(fmt::format("texts with half a character (\\ud800 to \\udfff alone), read as U+FFFD: {}",
                                       read.half_characters));
  }
  const std::size_t known = before.contents().models.size();
  if (contents.models.size() > known) report.notes.push_back(new_models_note(contents.models, known));
  for (std::string& note : not_compared_notes(after, contents.models, known)) {
    report.notes.push_back(std::move(note));
  }
  if (std::string note = forgotten_note(before.router(), after); !note.empty()) {
    report.notes.push_back(std::move(note));
  }
  routing::write_router(report.output, contents);
  report.bytes = std::filesystem::file_size(report.output);
  return report;
}

}  // namespace assay::app

#include "cli/report_parts.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/file/whole_text.h"
#include "assay/view/saved_report.h"
#include "cli/select_command.h"

namespace assay::cli {
namespace {

constexpr std::size_t kMostJson = std::size_t{1} << 28U;

std::string title_of(const std::string& path) {
  return path == "-" ? "standard input" : std::filesystem::path(path).filename().string();
}

bool is_database(const std::string& path) {
  constexpr std::string_view kMagic = "SQLite format 3";
  std::string first(kMagic.size(), '\0');
  std::ifstream(path, std::ios::binary).read(first.data(), static_cast<std::streamsize>(first.size()));
  return first == kMagic;
}

ReportPart of_study(const std::string& path, const ReportInputs& inputs, Terminal& terminal) {
  app::SelectRequest request = inputs.request;
  request.study = path;
  ReportPart part;
  part.selection = std::make_unique<app::InspectedSelection>(std::move(request), terminal.start_progress());
  part.report = part.selection->report();
  part.is_selection = true;
  if (inputs.request.oracle.name.empty() && part.selection->has_kept_answers()) {
    terminal.note("Note: " + escaped(title_of(path)) +
                  " has answers of a live judge, too: see them with --oracle kept");
  }
  part.document =
      view::select_document(*part.selection, title_of(path), select_command(path, inputs.given, part.report));
  return part;
}

std::string text_of_input(const std::string& path) {
  if (path != "-") return file::whole_text(path, kMostJson);
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

// Where the study of a saved report is: as it says, or beside the report itself.
std::optional<std::string> study_beside(const std::string& study, const std::string& report_path) {
  if (study.empty()) return std::nullopt;
  if (is_database(study)) return study;
  if (report_path == "-") return std::nullopt;
  const std::filesystem::path beside =
      std::filesystem::path(report_path).parent_path() / std::filesystem::path(study).filename();
  if (is_database(beside.string())) return beside.string();
  return std::nullopt;
}

// The selection that a saved report tells of.
app::SelectRequest request_of(const report::Json& json, const asking::SelectReport& report,
                              const std::string& study) {
  app::SelectRequest request;
  request.study = study;
  const bool as_it_is = report.oracle == "recorded" || report.oracle == "people";
  request.oracle.name = as_it_is ? report.oracle : "kept";
  if (report.oracle == "recorded") {
    request.choice.judge = report.judge;
    request.choice.measure = report.measure;
  }
  request.choice.baseline = report.baseline;
  request.choice.averaging = report.averaging;
  request.strategy = report.strategy;
  request.seed = report.seed;
  const report::Json parameters = json.member("parameters");
  for (const Parameter& parameter : all_parameters(select::strategies())) {
    const double value = parameters.member(parameter.name).number();
    if (!std::isnan(value)) request.parameters[std::string(parameter.name)] = value;
  }
  for (const asking::SelectReport::Model& model : report.models) {
    if (model.name != report.baseline) request.choice.models.push_back(model.name);
  }
  if (!report.stop) {
    request.calls = report.calls;
    return request;
  }
  const select::Goal& goal = report.stop->goal;
  if (goal.good_enough) {
    request.good_enough = store::Tolerance(*goal.good_enough, true);
  } else {
    request.epsilon = store::Tolerance(goal.epsilon, true);
  }
  request.confidence = goal.confidence;
  request.population = goal.population;
  if (!report.stop->decided && report.calls > 0) request.calls = report.calls;
  return request;
}

// Whether the study still says what the report does.
bool same_result(const asking::SelectReport& a, const asking::SelectReport& b) {
  if (a.best != b.best || a.calls + a.known != b.calls + b.known || a.models.size() != b.models.size())
    return false;
  return std::ranges::equal(a.models, b.models, [](const auto& one, const auto& other) {
    return one.name == other.name && std::abs(one.win_rate - other.win_rate) < 1e-9 &&
           one.tally.calls() == other.tally.calls();
  });
}

// Its calls, if its study is there and repeats it.
void find_calls(const std::string& path, ReportPart& part, Terminal& terminal) {
  const std::optional<std::string> study = study_beside(part.report.study, path);
  if (!study) return;
  std::string why = "gives another result now";
  try {
    auto selection = std::make_unique<app::InspectedSelection>(
        request_of(part.document.report, part.report, *study), terminal.start_progress());
    if (same_result(selection->report(), part.report)) {
      view::PageDocument with_calls = view::select_document(*selection, part.document.title, std::nullopt);
      part.document.calls = std::move(with_calls.calls);
      part.document.judge = std::move(with_calls.judge);
      part.document.exchanges_left_out = with_calls.exchanges_left_out;
      part.selection = std::move(selection);
      return;
    }
  } catch (const Error& error) {
    why = error.what();
  }
  terminal.note(escaped(path) + ": shown without its calls, as " + escaped(*study) + " " + escaped(why));
}

ReportPart of_saved(const std::string& path, Terminal& terminal) {
  const std::string text = text_of_input(path);
  report::Json json;
  try {
    json = report::Json::parsed(text);
  } catch (const DataError& error) {
    throw DataError(escaped(path) + ": expected a study, or JSON that a verb wrote with --json, came neither (" +
                    escaped(error.what()) + ")");
  }
  ReportPart part;
  part.document = view::saved_document(json, title_of(path), path);
  part.is_selection = part.document.kind == "select";
  if (!part.is_selection) return part;
  part.report = view::select_report(json);
  find_calls(path, part, terminal);
  return part;
}

bool is_study(const std::string& path) {
  return path != "-" &&
         (is_database(path) || !std::filesystem::exists(path) || std::filesystem::is_directory(path));
}

}  // namespace

std::vector<ReportPart> read_report_parts(const ReportInputs& inputs, Terminal& terminal) {
  if (std::ranges::count(inputs.paths, "-") > 1) throw InvalidArgument("standard input can be read once");
  std::vector<ReportPart> parts;
  for (const std::string& input : inputs.paths) {
    parts.push_back(is_study(input) ? of_study(input, inputs, terminal) : of_saved(input, terminal));
  }
  return parts;
}

}  // namespace assay::cli

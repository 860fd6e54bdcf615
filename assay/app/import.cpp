#include "assay/app/import.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/core/error.h"
#include "assay/core/nearest_name.h"
#include "assay/core/record_queue.h"
#include "assay/core/utf8.h"
#include "assay/data/file_list.h"
#include "assay/data/recognise.h"
#include "assay/data/wide_json.h"

namespace assay::app {
namespace {

using Counts = store::Study::ImportCounts;

// A column or key that was taken for a model, perhaps by mistake.
std::string odd_model_note(const Counts::OddModel& odd, bool columns) {
  const std::string weights = columns ? fmt::format("`weights` {} or ", quoted(odd.name)) : "";
  return fmt::format("is {0} a model? {1}; if it is none, make the study anew with {2}`ignore` {0}",
                     quoted(odd.name), odd.why, weights);
}

bool keys_are_models(const Counts& counts) {
  return std::ranges::any_of(
      counts.noted, [](const store::ToldRows& told) { return told.reason.ends_with(data::kKeysAreModels); });
}

struct ChosenFormat {
  const data::Format& format;
  std::span<const std::string> paths;
  std::string why;
};

// Whether the first of the paths, where there is nothing, was meant to be a format. A format has no dot or slash,
// and stands before paths.
bool may_be_format(std::span<const std::string> paths) {
  const std::string& first = paths.front();
  if (first.find_first_of("./") != std::string::npos) return false;
  std::vector<std::string> names;
  for (const data::Format& format : data::formats()) names.emplace_back(format.name);
  return paths.size() > 1 || nearest_name(first, names);
}

ChosenFormat chosen_format(const ImportRequest& request) {
  const std::span<const std::string> paths = request.paths;
  if (!request.format.empty()) return {data::format(request.format), paths, {}};
  if (paths.empty()) throw InvalidArgument("expected files or folders to import, came none");
  if (!data::is_there(paths.front())) {
    if (!may_be_format(paths)) data::require_path(paths.front());
    return {data::format(paths.front()), paths.subspan(1), {}};
  }
  const data::Recognised recognised =
      request.options.prompt.empty() ? data::recognise(paths) : data::recognise_rows(paths);
  return {*recognised.format, paths, recognised.why};
}

}  // namespace

ImportReport run_import(const ImportRequest& request, const Progress& progress) {
  const ChosenFormat chosen = chosen_format(request);
  const data::Format& reader = chosen.format;
  const std::span<const std::string> paths = chosen.paths;
  data::FormatOptions options = request.options;
  options.errors_are_wrong = request.errors == "wrong";
  data::check_options(reader, options);
  if (paths.empty()) throw InvalidArgument("expected files or folders to import, came none");
  ImportReport report;
  report.format = reader.name;
  report.recognised_by = chosen.why;
  report.study = request.study;
  store::Study study(request.study, store::Study::Mode::create);
  const auto import = study.begin_import(true);
  read_through_queue(*import, [&](RecordSink& sink) { reader.read(paths, options, sink, progress); });
  report.counts = import->commit();
  report.now = study.summary();
  const bool columns = report.format == "csv" || reader.by_first_bytes;  // where a column may be a model
  if (report.counts.odd_model && (columns || keys_are_models(report.counts))) {
    report.warnings.push_back(odd_model_note(*report.counts.odd_model, columns));
  }
  report.warnings.insert(report.warnings.end(), report.now.warnings.begin(), report.now.warnings.end());
  return report;
}

}  // namespace assay::app

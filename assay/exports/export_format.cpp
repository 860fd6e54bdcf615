#include "assay/exports/export_format.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

#include "assay/core/error.h"
#include "assay/exports/alpaca_eval.h"
#include "assay/exports/arena_hard.h"
#include "assay/exports/csv.h"
#include "assay/exports/every_eval_ever.h"
#include "assay/exports/jsonl.h"
#include "assay/exports/parquet.h"

namespace assay::exports {
namespace {

constexpr std::array kExportFormats = {
    ExportFormat{"jsonl", "one record a line: everything", false, make_jsonl_writer},
    ExportFormat{"csv", "a row for each judgement, with prompt and response", false, make_csv_writer},
    ExportFormat{"parquet", "the same records as jsonl, a column for each key", false, make_parquet_writer},
    ExportFormat{"every-eval-ever", "data/ with means and a row for each score", true, make_every_eval_ever_writer},
    ExportFormat{"alpaca-eval", "a results/ folder: outputs and verdicts", true, make_alpaca_eval_writer},
    ExportFormat{"arena-hard", "question.jsonl, model_answer/ and model_judgment/", true, make_arena_hard_writer},
};

}  // namespace

std::span<const ExportFormat> export_formats() { return kExportFormats; }

const ExportFormat& export_format(std::string_view name) {
  std::vector<std::string_view> names;
  for (const ExportFormat& candidate : kExportFormats) {
    if (candidate.name == name) return candidate;
    names.push_back(candidate.name);
  }
  throw InvalidArgument(fmt::format("expected a format ({}), came {}", fmt::join(names, ", "), quoted(name)));
}

}  // namespace assay::exports

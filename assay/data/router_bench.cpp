#include "assay/data/router_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/data/cell_words.h"
#include "assay/data/csv_records.h"
#include "assay/data/field_values.h"
#include "assay/data/file_list.h"
#include "assay/data/python_text.h"
#include "assay/data/samples.h"

namespace assay::data {
namespace {

constexpr std::string_view kPerformance = "performance";  // the only scorer
constexpr std::string_view kCostEnding = "|total_cost";
constexpr std::string_view kResponseEnding = "|model_response";
constexpr std::string_view kOracle = "oracle_model_to_route_to";

using ColumnNames = std::span<const std::string>;

std::optional<std::size_t> column_of(ColumnNames header, std::string_view name) {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

/// Columns of a table; a long one has one ModelColumns, without a name.
struct ModelColumns {
  std::string model;
  std::size_t performance = 0;
  std::optional<std::size_t> response;
  std::optional<std::size_t> cost;
};
struct TableColumns {
  std::size_t size = 0;
  std::size_t id = 0;
  std::size_t prompt = 0;
  std::size_t task = 0;
  std::optional<std::size_t> model;  ///< Of long tables.
  std::vector<ModelColumns> models;
};

bool is_table_header(ColumnNames header) {
  const bool sample =
      column_of(header, "sample_id") && column_of(header, "prompt") && column_of(header, "eval_name");
  const bool lengthy = column_of(header, "model_name") && column_of(header, kPerformance);
  const bool wide = std::any_of(header.begin(), header.end(),
                                [](const std::string& name) { return name.ends_with(kCostEnding); });
  return sample && (lengthy || wide);
}

TableColumns columns_of(ColumnNames header, const CsvRecords& records, RecordSink& sink) {
  const Location where{records.path(), records.line()};
  if (!is_table_header(header)) {
    throw DataError(where,
                    "expected the columns sample_id, prompt and eval_name, and MODEL with MODEL|total_cost or "
                    "model_name with performance, came a table without them");
  }
  TableColumns columns{.size = header.size(),
                       .id = *column_of(header, "sample_id"),
                       .prompt = *column_of(header, "prompt"),
                       .task = *column_of(header, "eval_name"),
                       .model = column_of(header, "model_name"),
                       .models = {}};
  std::set<std::size_t> used = {columns.id, columns.prompt, columns.task};
  const auto use = [&](const ModelColumns& one) {
    used.insert(one.performance);
    if (one.response) used.insert(*one.response);
    if (one.cost) used.insert(*one.cost);
    columns.models.push_back(one);
  };
  if (columns.model) {
    used.insert(*columns.model);
    use({"", *column_of(header, kPerformance), column_of(header, "model_response"), column_of(header, "cost")});
  } else {
    for (std::size_t i = 0; i < header.size(); ++i) {
      const auto cost = column_of(header, header[i] + std::string(kCostEnding));
      if (cost) use({header[i], i, column_of(header, header[i] + std::string(kResponseEnding)), cost});
    }
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!names.insert(header[i]).second) {
      throw DataError(where,
                      fmt::format("expected columns of different names, came two called {}", quoted(header[i])));
    }
    // pandas writes its row numbers in a column without a name.
    if (used.contains(i) || header[i].empty() || header[i] == kOracle) continue;
    sink.note(fmt::format("column {}: passed over", quoted(header[i])), where);
  }
  return columns;
}

/// A number; nothing for an empty cell, which is NaN in pandas.
std::optional<double> number_in(const std::string& cell, std::string_view column, const Location& where) {
  const std::string_view text = without_blanks(cell);
  if (text.empty() || ascii_lower(text) == "nan") return std::nullopt;
  if (const auto truth = truth_word(text)) return truth;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    throw DataError(where, fmt::format("expected a number or an empty cell in column {}, came {}", quoted(column),
                                       quoted(cell)));
  }
  return value;
}

/// Prompts and responses are lists of strings, written by Python.
std::string cell_text(const std::string& cell) {
  const std::optional<std::string> text = python_list_text(cell);
  return text ? *text : cell;
}

class TableReader {
 public:
  TableReader(const FormatOptions& options, RecordSink& sink) : sink_(sink), writer_(options, sink) {}

  void take(std::span<const std::string> row, const TableColumns& columns, const Location& where) {
    Sample sample;
    const std::string prompt = cell_text(row[columns.prompt]);
    sample.task = without_blanks(row[columns.task]);
    sample.id = without_blanks(row[columns.id]);
    sample.text = prompt;
    if (sample.id.empty()) throw DataError(where, "expected an id in column \"sample_id\", came an empty cell");
    for (const ModelColumns& one : columns.models) {
      sample.model = columns.model ? without_blanks(row[*columns.model]) : std::string_view(one.model);
      if (sample.model.empty())
        throw DataError(where, "expected a model in column \"model_name\", came an empty cell");
      take_model(sample, row, one, columns.model.has_value(), where);
    }
  }

 private:
  void take_model(Sample sample, std::span<const std::string> row, const ModelColumns& columns, bool counts,
                  const Location& where) {
    const auto performance = number_in(row[columns.performance], kPerformance, where);
    if (!performance) {
      sink_.drop("not run (an empty cell)", where);
      return;
    }
    if (counts) {
      sample.repeat = ++seen_[fnv1a(sample.id, fnv1a("\n", fnv1a(sample.model)))];
    }
    std::string response;
    if (columns.response && !row[*columns.response].empty()) {
      response = cell_text(row[*columns.response]);
      sample.response = response;
    }
    if (columns.cost) {
      const auto dollars = number_in(row[*columns.cost], "cost", where);
      if (dollars) sample.took.cost = micro_dollars(*dollars);
    }
    writer_.add(sample, where);
    writer_.score(sample, kPerformance, *performance, where);
  }

  std::unordered_map<std::uint64_t, int>
      seen_;  // by sample and model, of a long table: what comes again is a repeat
  RecordSink& sink_;
  SampleWriter writer_;
};

[[noreturn]] void refuse_pickle(const std::string& path) {
  throw InvalidArgument(fmt::format(
      "{0}: expected a table as csv, came a pickle, which can run code when it is read; if you trust it, write it "
      "as "
      "csv by: python3 -c 'import pandas, sys; pandas.read_pickle(sys.argv[1]).to_csv(sys.argv[1] + \".csv\", "
      "index=False)' {0}",
      escaped(path)));
}

bool is_pickle_name(std::string_view name) { return name.ends_with(".pkl") || name.ends_with(".pickle"); }

bool is_table_name(std::string_view name) { return without_packing(name).ends_with(".csv"); }

bool has_table_header(const std::string& path) {
  const std::string start = file_start(path);
  const std::string line = start.substr(0, start.find('\n')) + "\n";
  try {
    const auto source = memory_source(path, line);
    CsvRecords records(*source);
    return records.next() && is_table_header(records.fields());
  } catch (const DataError&) {
    return false;  // some other file
  }
}

std::vector<std::string> table_files(const std::string& path, RecordSink& sink) {
  require_path(path);
  if (!is_folder(path)) {
    if (is_pickle(file_start(path, 2))) refuse_pickle(path);
    return {path};
  }
  std::vector<std::string> files = files_below(path, is_table_name);
  std::erase_if(files, [](const std::string& file) { return !has_table_header(file); });
  for (const std::string& pickle : files_below(path, is_pickle_name)) {
    if (files.empty()) refuse_pickle(pickle);
    sink.drop("a pickle, which can run code when it is read", {pickle, 0});
  }
  if (files.empty()) {
    throw InvalidArgument(escaped(path) +
                          ": expected a folder with RouterBench tables (.csv) in it, came one without");
  }
  return files;
}

}  // namespace

void read_router_table(ByteSource& source, const FormatOptions& options, RecordSink& sink) {
  CsvRecords records(source);
  if (!records.next()) throw DataError({source.path(), 1}, "expected a line of column names, came an empty file");
  const TableColumns columns = columns_of(records.fields(), records, sink);
  const Location head{source.path(), 0};
  sink.add(JudgeRecord{.judge = kPerformance, .lower_is_better = false, .least = 0, .most = 1}, head,
           OnConflict::keep_first);
  TableReader reader(options, sink);
  while (records.next()) {
    const Location where{records.path(), records.line()};
    if (records.fields().size() != columns.size) {
      throw DataError(where, fmt::format("expected {} fields, as in the first line, came {}", columns.size,
                                         records.fields().size()));
    }
    reader.take(records.fields(), columns, where);
  }
}

void read_router_bench(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                       const Progress& progress) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    for (std::string& file : table_files(path, sink)) files.push_back(std::move(file));
  }
  ReadMeter meter(total_size(files), progress);
  for (const std::string& file : files) read_router_table(*open_source(file, &meter), options, sink);
}

std::string recognise_router_bench(const std::string& path) {
  constexpr std::string_view kWhy = "columns sample_id, eval_name and |total_cost or performance";
  if (!is_folder(path)) {
    if (is_pickle(file_start(path, 2))) return "a pickle";
    return has_table_header(path) ? std::string(kWhy) : "";
  }
  constexpr std::size_t kLookedAt = 16;
  std::vector<std::string> tables = files_below(path, is_table_name);
  tables.resize(std::min(tables.size(), kLookedAt));
  if (std::any_of(tables.begin(), tables.end(), has_table_header)) return std::string(kWhy);
  const std::vector<std::string> pickles = files_below(path, is_pickle_name);
  const bool named = std::any_of(pickles.begin(), pickles.end(), [](const std::string& file) {
    return file_name(file).find("routerbench") != std::string::npos;
  });
  return named ? "routerbench pickles" : "";
}

}  // namespace assay::data

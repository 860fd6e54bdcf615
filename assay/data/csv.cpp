#include "assay/data/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/battle_table.h"
#include "assay/data/cell_words.h"
#include "assay/data/csv_records.h"
#include "assay/data/file_list.h"
#include "assay/data/record_table.h"

namespace assay::data {
namespace {

constexpr std::string_view kDefaultBaseline = "baseline";
constexpr std::string_view kDefaultJudge = "csv";
constexpr double kWhole = 100;    // percent
constexpr int kMostOptions = 26;  // A to Z

std::optional<double> csv_number(std::string_view cell) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// Value of a cell like "75%", as a share of 1.
std::optional<double> csv_percent(std::string_view cell) {
  if (!cell.ends_with('%')) return std::nullopt;
  const std::optional<double> value = csv_number(without_blanks(cell.substr(0, cell.size() - 1)));
  return value ? std::optional(*value / kWhole) : std::nullopt;
}

std::optional<double> csv_score(std::string_view cell) {
  const std::optional<double> truth = truth_word(cell);
  return truth ? truth : csv_number(cell);
}

/// A table of queries and models, whose header is the record that was read last.
class CsvTable {
 public:
  CsvTable(CsvRecords& records, const FormatOptions& options, RecordSink& sink)
      : records_(records),
        sink_(sink),
        options_(options),
        judge_(options.judge.empty() ? kDefaultJudge : options.judge),
        baseline_(options.baseline.empty() ? kDefaultBaseline : options.baseline),
        baseline_given_(!options.baseline.empty()) {}

  void read() {
    read_header();
    std::size_t rows = 0;
    for (; records_.next(); ++rows) read_row();
    if (rows == 0) reject(records_.line() + 1, "expected rows after the header, came the end of the file");
  }

 private:
  enum class Cells { unknown, outcomes, scores, percents, labels };
  /// What a column holds.
  enum class Role { model, prompt, task, options, gold, weight, ignored };

  void read_header() {
    const std::span<const std::string> fields = records_.fields();
    const std::string first = lower(without_blanks(fields[0]));
    constexpr std::array kIdNames = {"query", "query_id", "id", "question_id", "item"};
    if (std::find(kIdNames.begin(), kIdNames.end(), first) == kIdNames.end()) {
      reject(records_.line(),
             "expected a first column called query, query_id, id, question_id or item, came " + quoted(fields[0]));
    }
    for (const std::string& field : fields) {
      if (field.find('\r') == std::string::npos || field.find('\n') != std::string::npos) continue;
      reject(records_.line(), "expected lines that end in LF or CRLF, came some that end in CR alone");
    }
    columns_.clear();
    for (const std::string& field : fields) columns_.emplace_back(without_blanks(field));
    find_roles();
    std::unordered_map<std::string_view, std::size_t> seen;
    std::size_t models = 0;
    for (std::size_t i = 1; i < columns_.size(); ++i) {
      const std::string& name = columns_[i];
      if (name.empty())
        reject(records_.line(), fmt::format("expected a model's name as header of column {}, came none", i + 1));
      if (!seen.emplace(name, i).second)
        reject(records_.line(), "expected different columns, came two called " + quoted(name));
      if (roles_[i] == Role::model) ++models;
    }
    if (models == 0) reject(records_.line(), "expected a column for each model, came none");
  }

  void find_roles() {
    roles_.assign(columns_.size(), Role::model);
    const auto give = [&](std::string_view name, Role role, bool needed) {
      const auto column = std::find(columns_.begin() + 1, columns_.end(), name);
      if (column != columns_.end()) {
        roles_[static_cast<std::size_t>(column - columns_.begin())] = role;
      } else if (needed) {
        reject(records_.line(), fmt::format("expected a column called {}, came none", quoted(name)));
      }
    };
    give("prompt", Role::prompt, false);
    give("options", Role::options, false);
    give(options_.task.empty() ? "task" : options_.task, Role::task, !options_.task.empty());
    give(options_.gold.empty() ? "gold" : options_.gold, Role::gold, !options_.gold.empty());
    for (const std::string& name : options_.weights) give(name, Role::weight, true);
    for (const std::string& name : options_.ignore) give(name, Role::ignored, true);
    if (std::find(roles_.begin(), roles_.end(), Role::gold) == roles_.end()) return;
    cells_ = Cells::labels;
    if (!options_.judge.empty() || baseline_given_) {
      throw InvalidArgument("a table of labels takes no `judge` and no `baseline`: it has neither");
    }
  }

  void read_row() {
    const std::span<const std::string> fields = records_.fields();
    const std::size_t line = records_.line();
    if (fields.size() != columns_.size()) {
      reject(line, fmt::format("expected {} fields as in the header, came {}", columns_.size(), fields.size()));
    }
    const std::string query(without_blanks(fields[0]));
    if (query.empty()) reject(line, "expected a query id, came an empty field");
    const auto [first, is_new] = lines_.try_emplace(query, line);
    if (!is_new) {
      reject(line, fmt::format("expected each query once, came {} again (first on line {})", quoted(query),
                               first->second));
    }
    QueryRecord about;
    about.query = query;
    std::vector<QueryWeight> weights;
    for (std::size_t i = 1; i < fields.size(); ++i) {
      if (roles_[i] == Role::task) about.task = without_blanks(fields[i]);
      if (roles_[i] == Role::prompt) about.text = fields[i];
      if (roles_[i] == Role::options) about.options = option_count(without_blanks(fields[i]));
      if (roles_[i] == Role::weight) read_weight(columns_[i], without_blanks(fields[i]), weights);
    }
    about.weights = weights;
    if (!about.task.empty() || !about.text.empty() || about.options > 0 || !weights.empty()) {
      sink_.add(about, {records_.path(), line}, OnConflict::fail);
    }
    for (std::size_t i = 1; i < fields.size(); ++i) {
      const std::string_view cell = without_blanks(fields[i]);
      if (roles_[i] == Role::gold) {
        read_gold(query, cell);
      } else if (roles_[i] == Role::model && cells_ == Cells::labels) {
        read_label(query, columns_[i], cell);
      } else if (roles_[i] == Role::model) {
        read_cell(query, columns_[i], cell);
      }
    }
  }

  int option_count(std::string_view cell) const {
    if (cell.empty()) return 0;
    int count = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), count);
    if (error != std::errc() || end != cell.data() + cell.size() || count < 1 || count > kMostOptions) {
      reject(records_.line(),
             fmt::format("expected a number of options from 1 to {}, came {}", kMostOptions, quoted(cell)));
    }
    return count;
  }

  void read_weight(std::string_view column, std::string_view cell, std::vector<QueryWeight>& weights) {
    const Location where{records_.path(), records_.line()};
    if (cell.empty() || not_run(cell)) {
      sink_.drop("no weight", where);
      return;
    }
    const std::optional<double> value = csv_number(cell);
    if (!value || *value < 0) {
      reject(where.line, fmt::format("expected a weight from 0 on for {}, came {}", quoted(column), quoted(cell)));
    }
    weights.push_back({column, *value});
  }

  void read_gold(std::string_view query, std::string_view cell) {
    const Location where{records_.path(), records_.line()};
    if (cell.empty()) {
      sink_.drop("no true label", where);
    } else if (not_run(cell)) {
      sink_.drop(std::string(cell) + ": no true label", where);
    } else {
      sink_.add(LabelRecord{query, {}, cell}, where, OnConflict::fail);
    }
  }

  void read_label(std::string_view query, std::string_view model, std::string_view cell) {
    const Location where{records_.path(), records_.line()};
    LabelRecord record{query, model, std::nullopt};
    if (!not_run(cell)) record.label = cell;
    sink_.add(record, where, OnConflict::fail);
    if (!record.label) sink_.note(std::string(cell) + ": not run", where);
  }

  void read_cell(std::string_view query, std::string_view model, std::string_view cell) {
    const Location where{records_.path(), records_.line()};
    if (cell.empty()) {
      sink_.drop("empty cell", where);
      return;
    }
    if (not_run(cell)) {
      sink_.drop(std::string(cell) + ": not run", where);
      return;
    }
    if (cells_ == Cells::unknown) decide(cell, where);
    if (cells_ == Cells::outcomes) {
      const std::optional<OutcomeWord> outcome = outcome_word(cell);
      if (!outcome) reject_cell(model, cell);
      sink_.add(VerdictRecord{query, model, baseline_, judge_, 1, outcome->value}, where, OnConflict::fail);
      if (outcome->both_bad) sink_.note(kBothBadNote, where);
      return;
    }
    const std::optional<double> value = cells_ == Cells::percents ? csv_percent(cell) : csv_score(cell);
    if (!value) reject_cell(model, cell);
    sink_.add(ScoreRecord{query, model, judge_, 1, 1, *value}, where, OnConflict::fail);
    if (cells_ == Cells::percents) sink_.note("percent: a score as a share of 1", where);
  }

  bool not_run(std::string_view cell) const {
    return !cell.empty() && std::find(options_.na.begin(), options_.na.end(), cell) != options_.na.end();
  }

  [[noreturn]] void reject_cell(std::string_view model, std::string_view cell) const {
    std::string_view expected;
    switch (cells_) {
      case Cells::outcomes: expected = "win, draw, loss, tie or both_bad as in the cells before"; break;
      case Cells::scores: expected = "a number, true or false as in the cells before"; break;
      case Cells::percents: expected = "a percentage as in the cells before"; break;
      default: expected = "win, draw, loss, tie, both_bad, true, false, a number or a percentage";
    }
    const std::string way_out =
        !outcome_word(cell) && !csv_score(cell) && !csv_percent(cell)
            ? fmt::format("; if {} is no model, it goes with `task` or `ignore`", quoted(model))
            : "";
    reject(records_.line(),
           fmt::format("expected {} for {}, came {}{}", expected, quoted(model), quoted(cell), way_out));
  }

  /// The first cell with something in it tells what the table holds. Scores need no baseline until models are
  /// compared by them: one that was given is remembered.
  void decide(std::string_view cell, const Location& where) {
    if (outcome_word(cell)) {
      cells_ = Cells::outcomes;
    } else if (csv_score(cell)) {
      cells_ = Cells::scores;
    } else if (csv_percent(cell)) {
      cells_ = Cells::percents;
    } else {
      return;
    }
    if (cells_ == Cells::outcomes || baseline_given_) sink_.baseline(baseline_, where);
  }

  [[noreturn]] void reject(std::size_t line, std::string_view what) const {
    throw DataError({records_.path(), line}, what);
  }

  CsvRecords& records_;
  RecordSink& sink_;
  const FormatOptions& options_;
  std::string_view judge_;
  std::string_view baseline_;
  bool baseline_given_;
  std::vector<std::string> columns_;
  std::vector<Role> roles_;  ///< Of each column.
  Cells cells_ = Cells::unknown;
  std::unordered_map<std::string, std::size_t> lines_;  ///< Of each query.
};

}  // namespace

void read_csv_table(ByteSource& source, const FormatOptions& options, RecordSink& sink) {
  CsvRecords records(source);
  if (!records.next()) throw DataError({records.path(), 1}, "expected a header line, came an empty file");
  if (is_battle_header(records.fields())) {
    read_battle_table(records, options, sink);
  } else if (is_record_header(records.fields())) {
    read_record_table(records, sink);
  } else {
    CsvTable(records, options, sink).read();
  }
}

void read_csv(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
              const Progress& progress) {
  for (const std::string& path : paths) require_file(path);
  ReadMeter meter(total_size(paths), progress);
  for (const std::string& path : paths) read_csv_table(*open_source(path, &meter), options, sink);
}

}  // namespace assay::data

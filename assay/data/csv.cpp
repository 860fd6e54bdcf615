#include "assay/data/csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <unordered_map>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/alpaca_eval.h"
#include "assay/data/battle_table.h"
#include "assay/data/cell_words.h"
#include "assay/data/csv_records.h"
#include "assay/data/file_list.h"
#include "assay/data/own_table.h"
#include "assay/data/prompt_rows.h"
#include "assay/data/record_table.h"

namespace assay::data {
namespace {

constexpr std::string_view kDefaultBaseline = "baseline";
constexpr std::string_view kDefaultJudge = "csv";
constexpr int kMostOptions = 26;  // A to Z
constexpr std::size_t kNoColumn = std::numeric_limits<std::size_t>::max();

std::optional<double> csv_number(std::string_view cell) {
  const std::optional<OwnScore> score = own_score(cell);
  return score && !score->percent && !score->word ? std::optional(score->value) : std::nullopt;
}

/// Value of a cell like "75%", as a share of 1.
std::optional<double> csv_percent(std::string_view cell) {
  const std::optional<OwnScore> score = own_score(cell);
  return score && score->percent ? std::optional(score->value) : std::nullopt;
}

std::optional<double> csv_score(std::string_view cell) {
  const std::optional<OwnScore> score = own_score(cell);
  return score && !score->percent ? std::optional(score->value) : std::nullopt;
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
    for (const std::string& field : fields) {
      if (field.find('\r') == std::string::npos || field.find('\n') != std::string::npos) continue;
      reject(records_.line(), "expected lines that end in LF or CRLF, came some that end in CR alone");
    }
    columns_.clear();
    for (const std::string& field : fields) columns_.emplace_back(without_blanks(field));
    find_roles();
    std::unordered_map<std::string_view, std::size_t> seen;
    std::size_t models = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& name = columns_[i];
      if (name.empty() && i == 0) continue;
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
    find_usual_names();
    const auto give = [&](std::string_view name, Role role, bool needed) {
      const auto column = std::find(columns_.begin(), columns_.end(), name);
      if (column != columns_.end()) {
        roles_[static_cast<std::size_t>(column - columns_.begin())] = role;
      } else if (needed) {
        reject(records_.line(), fmt::format("expected a column called {}, came none", quoted(name)));
      }
    };
    give("options", Role::options, false);
    if (!options_.task.empty()) give(options_.task, Role::task, true);
    give(options_.gold.empty() ? "gold" : options_.gold, Role::gold, !options_.gold.empty());
    for (const std::string& name : options_.weights) give(name, Role::weight, true);
    for (const std::string& name : options_.ignore) give(name, Role::ignored, true);
    if (std::find(roles_.begin(), roles_.end(), Role::gold) == roles_.end()) return;
    cells_ = Cells::labels;
    if (!options_.judge.empty() || baseline_given_) {
      throw InvalidArgument("a table of labels takes no `judge` and no `baseline`: it has neither");
    }
  }

  /// The ids, the prompt and the task, by their names. A table without ids has them made of its prompts.
  void find_usual_names() {
    std::vector<std::string_view> names(columns_.begin(), columns_.end());
    std::vector<std::string> ignored = options_.ignore;
    ignored.insert(ignored.end(), options_.weights.begin(), options_.weights.end());
    if (!options_.gold.empty()) ignored.push_back(options_.gold);
    // What `task` names is the task, and another column of such a name is not.
    if (!options_.task.empty()) ignored.insert(ignored.end(), {options_.task, "task", "category", "subject"});
    const Location where{records_.path(), records_.line()};
    const OwnColumns usual(names, {.wide = true, .ignore = ignored}, where);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const OwnRole role = usual.role(i);
      if (role == OwnRole::id) id_ = i;
      if (role == OwnRole::prompt) roles_[i] = Role::prompt;
      if (role == OwnRole::task) roles_[i] = Role::task;
      const std::string told = role == OwnRole::none ? "" : read_so(columns_[i], role);
      if (!told.empty()) sink_.note("column " + told, where);
    }
    has_prompt_ = usual.has(OwnRole::prompt);
    if (columns_[0].empty()) {
      const bool index = id_ != kNoColumn || has_prompt_;
      if (!index) id_ = 0;
      roles_[0] = Role::ignored;
      sink_.note(index ? "a first column without a name: passed over"
                       : "a first column without a name: read as the query's id",
                 where);
    }
    if (id_ != kNoColumn) roles_[id_] = Role::ignored;
    if (id_ == kNoColumn && !has_prompt_) {
      reject(
          where.line,
          fmt::format("expected a column called id, query, query_id, question_id, prompt_id or item, or one called "
                      "prompt, came {}; rename the one that tells the queries apart",
                      quoted(fmt::format("{}", fmt::join(columns_, ", ")))));
    }
  }

  void read_row() {
    const std::span<const std::string> fields = records_.fields();
    const std::size_t line = records_.line();
    if (fields.size() != columns_.size()) {
      reject(line, fmt::format("expected {} fields as in the header, came {}", columns_.size(), fields.size()));
    }
    const std::string query = query_of_row(line);
    const auto [first, is_new] = lines_.try_emplace(query, line);
    if (!is_new) {
      reject(line, fmt::format("expected each query once, came {} again (first on line {})", quoted(query),
                               first->second));
    }
    QueryRecord about;
    about.query = query;
    std::vector<QueryWeight> weights;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (roles_[i] == Role::task) about.task = without_blanks(fields[i]);
      if (roles_[i] == Role::prompt) about.text = fields[i];
      if (roles_[i] == Role::options) about.options = option_count(without_blanks(fields[i]));
      if (roles_[i] == Role::weight) read_weight(columns_[i], without_blanks(fields[i]), weights);
    }
    about.weights = weights;
    if (!about.task.empty() || !about.text.empty() || about.options > 0 || !weights.empty()) {
      sink_.add(about, {records_.path(), line}, OnConflict::fail);
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
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

  std::string query_of_row(std::size_t line) {
    const std::span<const std::string> fields = records_.fields();
    if (id_ != kNoColumn) {
      std::string query(without_blanks(fields[id_]));
      if (query.empty()) reject(line, "expected a query id, came an empty field");
      return query;
    }
    const std::size_t prompt =
        static_cast<std::size_t>(std::find(roles_.begin(), roles_.end(), Role::prompt) - roles_.begin());
    if (fields[prompt].empty()) reject(line, "expected a prompt, of which an id is made, came an empty field");
    sink_.note("no id: made of the prompt's text, the same text has the same id", {records_.path(), line});
    return instruction_id(fields[prompt]);
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
    if (!truth_word(cell) && own_score(cell)->word)
      sink_.note("pass, yes, correct and such: 1, their contrary 0", where);
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
    std::string way_out;
    if (has_decimal_comma(cell)) {
      way_out = "; write numbers with a point, such as 0.75";
    } else if (!outcome_word(cell) && !own_score(cell)) {
      way_out = fmt::format("; if {0} is no model, pass over it with `ignore` {0}, or say `task` {0} or `gold` {0}",
                            quoted(model));
    }
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
  std::size_t id_ = kNoColumn;
  bool has_prompt_ = false;
  Cells cells_ = Cells::unknown;
  std::unordered_map<std::string, std::size_t> lines_;  ///< Of each query.
};

}  // namespace

void read_csv_table(ByteSource& source, const FormatOptions& options, RecordSink& sink) {
  OwnRowWriter writer(options, sink);
  read_csv_table(source, writer);
}

void read_csv_table(ByteSource& source, OwnRowWriter& writer) {
  const FormatOptions& options = writer.options();
  CsvRecords records(source);
  if (!records.next()) throw DataError({records.path(), 1}, "expected a header line, came an empty file");
  if (records.separator() != ',') {
    writer.sink().note(records.separator() == ';' ? "columns separated by semicolons" : "columns separated by tabs",
                       {records.path(), records.line()});
  }
  if (!options.prompt.empty()) {
    PromptRows(writer).read(records);
  } else if (is_battle_header(records.fields())) {
    read_battle_table(records, options, writer.sink());
  } else if (is_record_header(records.fields())) {
    read_record_table(records, writer.sink());
  } else if (is_own_header(records.fields(), writer)) {
    read_own_table(records, writer);
  } else {
    CsvTable(records, options, writer.sink()).read();
  }
}

void read_csv(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
              const Progress& progress) {
  for (const std::string& path : paths) require_file(path);
  ReadMeter meter(total_size(paths), progress);
  OwnRowWriter writer(options, sink);
  for (const std::string& path : paths) read_csv_table(*open_source(path, &meter), writer);
}

}  // namespace assay::data

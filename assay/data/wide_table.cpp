#include "assay/data/wide_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <unordered_map>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/alpaca_eval.h"
#include "assay/data/cell_words.h"
#include "assay/data/own_columns.h"
#include "assay/data/reference_answers.h"

namespace assay::data {
namespace {

constexpr std::string_view kDefaultBaseline = "baseline";
constexpr std::string_view kGold = "gold";
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

}  // namespace

class WideTable::Table {
 public:
  Table(const WideSource& source, const FormatOptions& options, RecordSink& sink)
      : source_(source),
        sink_(sink),
        options_(options),
        judge_(options.judge.empty() ? std::string(source.judge) : options.judge),
        baseline_(options.baseline.empty() ? std::string(kDefaultBaseline) : options.baseline),
        baseline_given_(!options.baseline.empty()) {}

  void header(std::span<const std::string> names, std::size_t line) {
    fields_ = names;
    line_ = line;
    read_header();
  }
  void row(std::span<const std::string> cells, std::size_t line) {
    fields_ = cells;
    line_ = line;
    read_row();
  }

 private:
  enum class Cells { unknown, outcomes, scores, percents, labels };
  /// What a column holds.
  enum class Role { model, prompt, task, options, gold, reference, weight, ignored };

  void read_header() {
    const std::span<const std::string> fields = fields_;
    for (const std::string& field : fields) {
      if (field.find('\r') == std::string::npos || field.find('\n') != std::string::npos) continue;
      reject(line_, "expected lines that end in LF or CRLF, came some that end in CR alone");
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
        reject(line_, fmt::format("expected a model's name as header of column {}, came none", i + 1));
      if (!seen.emplace(name, i).second)
        reject(line_, "expected different columns, came two called " + quoted(name));
      if (roles_[i] == Role::model) ++models;
    }
    const bool says_more = has_prompt_ || has(Role::gold) || has(Role::reference);
    if (models == 0 && !says_more) reject(line_, "expected a column for each model, came none");
  }

  bool has(Role role) const { return std::find(roles_.begin(), roles_.end(), role) != roles_.end(); }

  void find_roles() {
    roles_.assign(columns_.size(), Role::model);
    find_usual_names();
    const auto give = [&](std::string_view name, Role role, bool needed) {
      const auto column = std::find(columns_.begin(), columns_.end(), name);
      if (column != columns_.end()) {
        roles_[static_cast<std::size_t>(column - columns_.begin())] = role;
      } else if (needed) {
        reject(line_, fmt::format("expected a column called {}, came none", quoted(name)));
      }
    };
    give("options", Role::options, false);
    if (!options_.task.empty()) give(options_.task, Role::task, true);
    give(options_.gold.empty() ? kGold : options_.gold, Role::gold, !options_.gold.empty());
    for (const std::string& name : options_.weights) give(name, Role::weight, true);
    for (const std::string& name : options_.ignore) give(name, Role::ignored, true);
    if (!has(Role::gold)) return;
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
    ignored.push_back(options_.baseline);  // a model that is called "reference", perhaps
    for (const std::string& name : columns_) {
      if (!options_.gold.empty() && usual_role(name) == OwnRole::gold) ignored.push_back(name);
    }
    // What `task` names is the task, and another column of such a name is not.
    if (!options_.task.empty()) ignored.insert(ignored.end(), {options_.task, "task", "category", "subject"});
    const Location where{source_.path, line_};
    const OwnColumns usual(names, {.wide = true, .ignore = ignored}, where);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const OwnRole role = usual.role(i);
      if (role == OwnRole::id) id_ = i;
      if (role == OwnRole::prompt) roles_[i] = Role::prompt;
      if (role == OwnRole::task) roles_[i] = Role::task;
      if (role == OwnRole::gold && columns_[i] != kGold) roles_[i] = Role::reference;
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
    const std::span<const std::string> fields = fields_;
    const std::size_t line = line_;
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
      sink_.add(about, {source_.path, line}, OnConflict::fail);
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string_view cell = without_blanks(fields[i]);
      if (roles_[i] == Role::gold) {
        read_gold(query, cell);
      } else if (roles_[i] == Role::reference) {
        read_reference(query, fields[i]);
      } else if (roles_[i] == Role::model && cells_ == Cells::labels) {
        read_label(query, columns_[i], cell);
      } else if (roles_[i] == Role::model) {
        read_cell(query, columns_[i], cell);
      }
    }
  }

  std::string query_of_row(std::size_t line) {
    const std::span<const std::string> fields = fields_;
    if (id_ != kNoColumn) {
      std::string query(without_blanks(fields[id_]));
      if (query.empty()) reject(line, "expected a query id, came an empty field");
      return query;
    }
    const std::size_t prompt =
        static_cast<std::size_t>(std::find(roles_.begin(), roles_.end(), Role::prompt) - roles_.begin());
    if (fields[prompt].empty()) reject(line, "expected a prompt, of which an id is made, came an empty field");
    sink_.note("no id: made of the prompt's text, the same text has the same id", {source_.path, line});
    return instruction_id(fields[prompt]);
  }

  int option_count(std::string_view cell) const {
    if (cell.empty()) return 0;
    int count = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), count);
    if (error != std::errc() || end != cell.data() + cell.size() || count < 1 || count > kMostOptions) {
      reject(line_, fmt::format("expected a number of options from 1 to {}, came {}", kMostOptions, quoted(cell)));
    }
    return count;
  }

  void read_weight(std::string_view column, std::string_view cell, std::vector<QueryWeight>& weights) {
    const Location where{source_.path, line_};
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
    const Location where{source_.path, line_};
    if (cell.empty()) {
      sink_.drop("no true label", where);
    } else if (not_run(cell)) {
      sink_.drop(std::string(cell) + ": no true label", where);
    } else {
      sink_.add(LabelRecord{query, {}, cell}, where, OnConflict::fail);
    }
  }

  void read_reference(std::string_view query, std::string_view text) {
    const Location where{source_.path, line_};
    const std::string_view cell = without_blanks(text);
    if (cell.empty() || not_run(cell)) {
      sink_.drop("no right answer", where);
    } else {
      add_reference(query, cell, where, sink_);
    }
  }

  void read_label(std::string_view query, std::string_view model, std::string_view cell) {
    const Location where{source_.path, line_};
    LabelRecord record{query, model, std::nullopt};
    if (!not_run(cell)) record.label = cell;
    sink_.add(record, where, OnConflict::fail);
    if (!record.label) sink_.note(std::string(cell) + ": not run", where);
  }

  void read_cell(std::string_view query, std::string_view model, std::string_view cell) {
    const Location where{source_.path, line_};
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
    const bool known = outcome_word(cell) || own_score(cell);
    const std::string way_out = has_decimal_comma(cell) ? "; write numbers with a point, such as 0.75"
                                : known                 ? ""
                                : is_missing_word(cell) ? missing_way_out(cell)
                                                        : way_out_of(model);
    reject(line_, fmt::format("expected {} for {}, came {}{}", expected, quoted(model), quoted(cell), way_out));
  }

  std::string missing_way_out(std::string_view cell) const {
    if (!source_.takes_columns) return "; what was not run is null";
    return fmt::format("; if that stands for \"not run\", say `na` {}", quoted(cell));
  }

  /// The column may be no model's, or hold its responses.
  std::string way_out_of(std::string_view model) const {
    std::string text = fmt::format("; if {0} is no model, pass over it with `ignore` {0}", quoted(model));
    if (source_.takes_columns) text += fmt::format(", or say `task` {0} or `gold` {0}", quoted(model));
    const auto reference = std::find(roles_.begin(), roles_.end(), Role::reference);
    if (source_.takes_columns && reference != roles_.end()) {
      text += fmt::format("; if these are labels, say `gold` {}",
                          quoted(columns_[static_cast<std::size_t>(reference - roles_.begin())]));
    }
    if (cells_ != Cells::unknown) return text;
    return text + fmt::format("; if these are its responses, write one a row, with columns {}, model and response",
                              has_prompt_ ? "prompt" : "id");
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
    throw DataError({source_.path, line}, what);
  }

  WideSource source_;
  RecordSink& sink_;
  FormatOptions options_;
  std::string judge_;
  std::string baseline_;
  bool baseline_given_;
  std::span<const std::string> fields_;  ///< Of the present row.
  std::size_t line_ = 0;                 ///< Likewise.
  std::vector<std::string> columns_;
  std::vector<Role> roles_;  ///< Of each column.
  std::size_t id_ = kNoColumn;
  bool has_prompt_ = false;
  Cells cells_ = Cells::unknown;
  std::unordered_map<std::string, std::size_t> lines_;  ///< Of each query.
};

WideTable::WideTable(const WideSource& source, const FormatOptions& options, RecordSink& sink)
    : table_(std::make_unique<Table>(source, options, sink)) {}
WideTable::~WideTable() = default;
void WideTable::header(std::span<const std::string> names, std::size_t line) { table_->header(names, line); }
void WideTable::row(std::span<const std::string> cells, std::size_t line) { table_->row(cells, line); }

}  // namespace assay::data

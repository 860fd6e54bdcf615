#include "assay/data/own_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/data/cell_words.h"

namespace assay::data {
namespace {

/// Names of columns, those that options name under their usual names.
std::vector<std::string_view> usual_names(std::span<const std::string> header, const FormatOptions& options) {
  std::vector<std::string_view> names;
  for (const std::string& field : header) {
    const std::string_view name = without_blanks(field);
    const bool is_task = !options.task.empty() && name == options.task;
    const bool is_gold = !options.gold.empty() && name == options.gold;
    names.push_back(is_task ? "task" : is_gold ? "gold" : name);
  }
  return names;
}

class OwnTable {
 public:
  OwnTable(CsvRecords& records, OwnRowWriter& writer)
      : records_(records),
        writer_(writer),
        header_(records.fields().begin(), records.fields().end()),
        columns_(usual_names(header_, writer.options()),
                 {.model_known = !writer.model().empty(), .ignore = writer.options().ignore},
                 {records.path(), records.line()}) {
    check_header();
  }

  void read() {
    std::size_t rows = 0;
    for (; records_.next(); ++rows) read_row();
    if (rows == 0) {
      throw DataError({records_.path(), records_.line() + 1},
                      "expected rows after the header, came the end of the file");
    }
  }

 private:
  void check_header() {
    const Location where{records_.path(), records_.line()};
    const FormatOptions& options = writer_.options();
    if (!options.weights.empty()) throw InvalidArgument("a table with one answer a row takes no `weights`");
    if (columns_.has(OwnRole::model) && !writer_.model().empty()) {
      throw DataError(where, fmt::format("expected no `model` for a file with a column of models, came {}",
                                         quoted(writer_.model())));
    }
    const bool scores = columns_.has(OwnRole::score);
    if (!columns_.has(OwnRole::model) && writer_.model().empty()) {
      throw DataError(where, fmt::format("expected a column called model, or to be told whose {} these are, came "
                                         "neither; say `model` NAME",
                                         scores && !columns_.has(OwnRole::response) ? "scores" : "answers"));
    }
    const bool by_model = columns_.has(OwnRole::model);
    if (!by_model && !columns_.has(OwnRole::response) && !scores) {
      throw DataError(where,
                      fmt::format("expected a column of responses or of scores of model {}, came none; a table "
                                  "with a column for each model goes without `model`",
                                  quoted(writer_.model())));
    }
    if (!columns_.has(OwnRole::response) && !scores) {
      throw DataError(where,
                      fmt::format("expected a column of scores (score, passed, correct, rating, ...) or of "
                                  "responses (response, output, ...) beside the model, came {}; rename the one "
                                  "that holds them",
                                  quoted(fmt::format("{}", fmt::join(header_, ", ")))));
    }
    if (!columns_.has(OwnRole::id) && !columns_.has(OwnRole::prompt)) {
      throw DataError(where,
                      fmt::format("expected a column called id, query_id, prompt_id, ... or prompt, came {}; "
                                  "rename the one that tells the queries apart",
                                  quoted(fmt::format("{}", fmt::join(header_, ", ")))));
    }
    for (std::size_t i = 0; i < header_.size(); ++i) {
      const std::string told = read_so(without_blanks(header_[i]), columns_.role(i));
      if (!told.empty()) writer_.sink().note("column " + told, where);
      if (columns_.role(i) == OwnRole::score) note_score(without_blanks(header_[i]), where);
    }
    if (!options.baseline.empty()) writer_.sink().baseline(options.baseline, where);
  }

  void note_score(std::string_view name, const Location& where) {
    const bool named = columns_.has(OwnRole::judge) || !writer_.options().judge.empty();
    writer_.sink().note(named ? fmt::format("column {}: read as scores", quoted(name))
                              : fmt::format("column {0}: read as scores of a judge called {0}", quoted(name)),
                        where);
  }

  std::string_view cell(OwnRole role) const {
    const std::optional<std::size_t> column = columns_.at(role);
    return column ? without_blanks(records_.fields()[*column]) : std::string_view();
  }

  /// A text keeps its blanks: they are part of it.
  std::string_view text(OwnRole role) const {
    const std::optional<std::size_t> column = columns_.at(role);
    return column ? std::string_view(records_.fields()[*column]) : std::string_view();
  }

  int turn(const Location& where) const {
    if (!columns_.has(OwnRole::turn)) return 1;
    const std::optional<OwnScore> number = own_score(cell(OwnRole::turn));
    const double value = number ? number->value : 0;
    if (value >= 1 && value <= kMostTurns && value == std::floor(value)) return static_cast<int>(value);
    throw DataError(where,
                    fmt::format("expected a turn from 1 to {}, came {}", kMostTurns, quoted(cell(OwnRole::turn))));
  }

  void read_row() {
    const Location where{records_.path(), records_.line()};
    if (records_.fields().size() != header_.size()) {
      throw DataError(where, fmt::format("expected {} fields as in the header, came {}", header_.size(),
                                         records_.fields().size()));
    }
    OwnRow row{.id = cell(OwnRole::id),
               .prompt = text(OwnRole::prompt),
               .task = cell(OwnRole::task),
               .model = cell(OwnRole::model),
               .response = {},
               .judge = cell(OwnRole::judge),
               .turn = turn(where),
               .gold = cell(OwnRole::gold)};
    if (row.model.empty()) row.model = writer_.model();
    if (row.model.empty()) throw DataError(where, "expected a model, came an empty field");
    if (columns_.has(OwnRole::response)) row.response = text(OwnRole::response);
    const std::string query = writer_.add(row, where);
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (columns_.role(i) != OwnRole::score) continue;
      writer_.score(query, row, without_blanks(header_[i]), records_.fields()[i], where);
    }
  }

  CsvRecords& records_;
  OwnRowWriter& writer_;
  std::vector<std::string> header_;
  OwnColumns columns_;
};

}  // namespace

bool is_own_header(std::span<const std::string> header, const OwnRowWriter& writer) {
  const FormatOptions& options = writer.options();
  bool others = false;
  bool scores = false;
  for (const std::string& field : header) {
    const std::string_view name = without_blanks(field);
    if (std::ranges::find(options.ignore, name) != options.ignore.end()) continue;
    const OwnRole role = usual_role(name);
    if (role == OwnRole::model || role == OwnRole::response) return true;
    scores = scores || role == OwnRole::score;
    others =
        others || (role == OwnRole::none && !name.empty() && ascii_lower(name) != "query" && name != options.task);
  }
  return !writer.model().empty() || (scores && !others);
}

void read_own_table(CsvRecords& records, OwnRowWriter& writer) { OwnTable(records, writer).read(); }

}  // namespace assay::data

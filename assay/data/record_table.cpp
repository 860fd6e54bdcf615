#include "assay/data/record_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

#include "assay/core/error.h"

namespace assay::data {
namespace {

/// In the order of kColumnNames.
enum class Column : std::size_t {
  query,
  model,
  task,
  turn,
  prompt,
  gold,
  response,
  label,
  tokens_in,
  tokens_out,
  cost,
  seconds,
  judge,
  opponent,
  repeat,
  verdict,
  score,
};

constexpr std::array<std::string_view, 17> kColumnNames = {
    "query",      "model", "task",    "turn",  "prompt",   "gold",   "response", "label", "tokens_in",
    "tokens_out", "cost",  "seconds", "judge", "opponent", "repeat", "verdict",  "score"};

constexpr double kMicroPerDollar = 1e6;
constexpr int kHighestCount = 1'000'000;  // of turns and repeats

class RecordTable {
 public:
  RecordTable(CsvRecords& records, RecordSink& sink) : records_(records), sink_(sink) {
    place_.fill(kAbsent);
    const auto header = records.fields();
    for (std::size_t i = 0; i < header.size(); ++i) {
      const auto known = std::find(kColumnNames.begin(), kColumnNames.end(), header[i]);
      place_[static_cast<std::size_t>(known - kColumnNames.begin())] = i;
    }
    width_ = header.size();
  }

  void read() {
    while (records_.next()) {
      if (records_.fields().size() != width_) {
        throw DataError(
            where(), fmt::format("expected {} fields as in the header, came {}", width_, records_.fields().size()));
      }
      take();
    }
  }

 private:
  static constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

  Location where() const { return {records_.path(), records_.line()}; }

  std::size_t place(Column column) const { return place_[static_cast<std::size_t>(column)]; }

  std::string_view cell(Column column) const {
    return place(column) == kAbsent ? std::string_view() : records_.fields()[place(column)];
  }

  // An empty text stands in quotes.
  bool has(Column column) const {
    return place(column) != kAbsent && (!cell(column).empty() || records_.in_quotes(place(column)));
  }

  std::optional<double> number(Column column, double least, double most) const {
    const std::string_view text = cell(column);
    if (text.empty()) return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= least && value <= most)) {
      throw DataError(where(), fmt::format("expected a number from {} to {} in column {}, came {}", least, most,
                                           kColumnNames[static_cast<std::size_t>(column)], quoted(text)));
    }
    return value;
  }

  std::optional<std::int64_t> whole(Column column, double scale = 1) const {
    const auto value = number(column, 0, kMost);
    return value ? std::optional<std::int64_t>(std::llround(*value * scale)) : std::nullopt;
  }

  int count(Column column) const { return static_cast<int>(number(column, 1, kHighestCount).value_or(1)); }

  template <typename Record>
  void add(const Record& record) {
    sink_.add(record, where(), OnConflict::fail);
  }

  void take() {
    const std::string_view query = cell(Column::query);
    const std::string_view model = cell(Column::model);
    const int turn = count(Column::turn);
    add(QueryRecord{.query = query, .turn = turn, .text = cell(Column::prompt), .task = cell(Column::task)});
    if (has(Column::gold)) add(LabelRecord{query, {}, cell(Column::gold)});
    if (model.empty()) return;
    if (has(Column::response)) {
      AnswerCost took{
          whole(Column::tokens_in), whole(Column::tokens_out), whole(Column::cost, kMicroPerDollar), {}};
      took.seconds = number(Column::seconds, 0, kMost);
      add(ResponseRecord{query, model, turn, cell(Column::response), took});
    }
    if (has(Column::label)) add(LabelRecord{query, model, cell(Column::label)});
    const std::string_view judge = cell(Column::judge);
    if (judge.empty()) return;
    if (!cell(Column::opponent).empty()) {
      add(VerdictRecord{query, model, cell(Column::opponent), judge, turn,
                        number(Column::verdict, 0, 1).value_or(std::nan(""))});
    } else {
      const double score = number(Column::score, -kMost, kMost).value_or(std::nan(""));
      add(ScoreRecord{query, model, judge, turn, count(Column::repeat), score});
    }
  }

  static constexpr double kMost = 1e15;

  CsvRecords& records_;
  RecordSink& sink_;
  std::array<std::size_t, kColumnNames.size() + 1> place_{};
  std::size_t width_ = 0;
};

}  // namespace

bool is_record_header(std::span<const std::string> header) {
  const auto has = [&](std::string_view name) {
    return std::find(header.begin(), header.end(), name) != header.end();
  };
  const bool known = std::all_of(header.begin(), header.end(), [](const std::string& name) {
    return std::find(kColumnNames.begin(), kColumnNames.end(), name) != kColumnNames.end();
  });
  return known && has("query") && has("model") && has("judge");
}

void read_record_table(CsvRecords& records, RecordSink& sink) { RecordTable(records, sink).read(); }

}  // namespace assay::data

#include "assay/data/wide_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/data/cell_words.h"
#include "assay/data/own_columns.h"
#include "assay/data/own_json.h"

namespace assay::data {
namespace {

/// Keys of the format's own lines, and what depends on the keys beside it.
constexpr auto kNoModelKeys = std::to_array<std::string_view>(
    {"verdict",  "scores", "label",     "weights",         "options",  "parameters", "price",  "provider",
     "baseline", "least",  "most",      "lower_is_better", "opponent", "system_id",  "config", "attribute",
     "human",    "answer", "tokens_in", "tokens_out",      "cost",     "seconds"});

bool is_model_key(const JsonValue& part, const FormatOptions& options) {
  return usual_role(part.key()) == OwnRole::none && ascii_lower(part.key()) != "query" &&
         std::ranges::find(options.ignore, part.key()) == options.ignore.end();
}

bool is_model_cell(const JsonValue& value) {
  switch (value.kind()) {
    case JsonKind::null:
    case JsonKind::boolean:
    case JsonKind::number: return true;
    case JsonKind::string: {
      const std::string_view text = without_blanks(value.string());
      return outcome_word(text) || own_score(text);
    }
    default: return false;
  }
}

}  // namespace

WideJsonRows::~WideJsonRows() = default;

bool WideJsonRows::begins_table(const JsonValue& row) const {
  if (!writer_.model().empty()) return false;
  bool named = false;
  std::size_t models = 0;
  std::size_t known = 0;
  for (const JsonValue part : row.parts()) {
    const OwnRole role = usual_role(part.key());
    const bool about_query = role == OwnRole::id || role == OwnRole::prompt || role == OwnRole::task;
    named = named || role == OwnRole::id || role == OwnRole::prompt || ascii_lower(part.key()) == "query";
    if (role == OwnRole::prompt && part.kind() != JsonKind::string) return false;
    if (role != OwnRole::none && !about_query) return false;
    if (!is_model_key(part, writer_.options())) continue;
    if (std::ranges::find(kNoModelKeys, part.key()) != kNoModelKeys.end() || !is_model_cell(part)) return false;
    ++models;
    known += part.is_null() ? 0 : 1;
  }
  return named && models > 1 && known > 0;
}

void WideJsonRows::begin(const JsonValue& row) {
  options_ = std::make_unique<FormatOptions>(writer_.options());
  std::vector<std::string> models;
  for (const JsonValue part : row.parts()) {
    keys_.emplace_back(part.key());
    if (is_model_key(part, *options_)) models.push_back(quoted(part.key()));
  }
  std::erase_if(options_->ignore,
                [&](const std::string& key) { return std::ranges::find(keys_, key) == keys_.end(); });
  const Location where = row.where();
  writer_.sink().note(fmt::format("keys {}{}", fmt::join(models, ", "), kKeysAreModels), where);
  table_ = std::make_unique<WideTable>(WideSource{where.path, "jsonl", false}, *options_, writer_.sink());
  table_->header(keys_, where.line);
}

bool WideJsonRows::take(const JsonValue& row) {
  if (!std::exchange(looked_, true) && begins_table(row)) begin(row);
  if (!table_) return false;
  cells_.assign(keys_.size(), {});
  for (const JsonValue part : row.parts()) {
    const auto key = std::ranges::find(keys_, part.key());
    if (key == keys_.end()) {
      throw DataError(part.where(),
                      fmt::format("expected keys of the first row, came {}; give the first row all models, with "
                                  "null where one has no score",
                                  quoted(part.key())));
    }
    const auto at = static_cast<std::size_t>(key - keys_.begin());
    // Ids are numbers, too, and stand as they were written.
    cells_[at] = part.kind() == JsonKind::number ? std::string(part.digits()) : cell_text(part);
  }
  table_->row(cells_, row.where().line);
  return true;
}

}  // namespace assay::data

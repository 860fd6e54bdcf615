#include "assay/store/told_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace assay::store {
namespace {

// Names in the table of what is remembered: this, the reason, a line break, "file:line" of the first row.
constexpr std::string_view kToldPrefix = "import: ";

std::size_t count_in(std::string_view text) {
  std::size_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

}  // namespace

void keep_told_rows(const file::Database& database, const std::vector<ToldRows>& rows) {
  if (rows.empty()) return;
  file::Statement keep = database.prepare("INSERT OR REPLACE INTO remembered VALUES (?1, ?2)");
  for (const ToldRows& row : rows) {
    // Where the file lies is nobody's business who gets the study.
    const std::string_view first = std::string_view(row.first).substr(row.first.rfind('/') + 1);
    const std::string name = fmt::format("{}{}\n{}", kToldPrefix, row.reason, first);
    keep.with(name, std::to_string(row.count)).run();
  }
}

std::vector<ToldRows> told_rows(const file::Database& database) {
  std::vector<ToldRows> result;
  file::Statement rows =
      database.prepare("SELECT name, value FROM remembered WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name");
  rows.with(kToldPrefix);
  while (rows.step()) {
    const std::string_view name = rows.text(0).substr(kToldPrefix.size());
    const std::size_t end = std::min(name.find('\n'), name.size());
    const std::string_view reason = name.substr(0, end);
    const std::size_t count = count_in(rows.text(1));
    if (!result.empty() && result.back().reason == reason) {
      result.back().count += count;
    } else {
      result.push_back({std::string(reason), count, std::string(name.substr(std::min(end + 1, name.size())))});
    }
  }
  return result;
}

std::string as_imported(const file::Database& database, std::string_view part) {
  std::string text;
  for (const ToldRows& row : told_rows(database)) {
    if (!row.reason.starts_with(part) && !row.reason.ends_with(part)) continue;
    text += fmt::format("{}{} {}, {}", text.empty() ? "; the import told: " : "; ", row.count,
                        row.count == 1 ? "row" : "rows", row.reason);
  }
  return text;
}

}  // namespace assay::store

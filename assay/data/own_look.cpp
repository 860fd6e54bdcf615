#include "assay/data/own_look.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/battle_table.h"
#include "assay/data/battles.h"
#include "assay/data/byte_source.h"
#include "assay/data/cell_words.h"
#include "assay/data/csv_records.h"
#include "assay/data/file_list.h"
#include "assay/data/own_columns.h"

namespace assay::data {
namespace {

constexpr std::size_t kLookedAt = std::size_t{64} << 10U;

/// The keys of the first object in `text`, which may break off anywhere.
std::vector<std::string> first_keys(std::string_view text) {
  std::vector<std::string> keys;
  int depth = 0;
  std::string_view last;  // The string that was read last at depth 1.
  for (std::size_t i = text.find('{'); i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      const std::size_t begin = i + 1;
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
      }
      if (i >= text.size()) break;
      last = depth == 1 ? text.substr(begin, i - begin) : std::string_view();
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) break;
    } else if (c == ':' && depth == 1 && last.data() != nullptr) {
      keys.emplace_back(last);
      last = {};
    }
  }
  return keys;
}

/// A header, if the text has one that is whole.
std::vector<std::string> header_of(const std::string& path, std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  const bool cut = line.size() == kLookedAt;
  const bool one_column = line.find_first_of(",;\t") == std::string_view::npos;
  if (cut || (one_column && usual_role(without_blanks(line)) != OwnRole::prompt)) return {};
  try {
    const auto source = memory_source(path, text);
    CsvRecords records(*source);
    if (!records.next()) return {};
    std::vector<std::string> names;
    for (const std::string& field : records.fields()) names.emplace_back(without_blanks(field));
    return names;
  } catch (const DataError&) {
    return {};
  }
}

/// "columns id, model, passed"; the first few.
std::string reason(const OwnLook& look) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> names;
  for (const std::string& name : look.names) {
    if (names.size() < kShown) names.push_back(escaped(name));
  }
  return fmt::format("{} {}{}", look.kind == OwnLook::Kind::table ? "columns" : "keys", fmt::join(names, ", "),
                     look.names.size() > kShown ? ", ..." : "");
}

/// How the file begins, if it is one.
OwnLook look_at(const std::string& path) { return is_file(path) ? own_look(path) : OwnLook(); }

}  // namespace

bool OwnLook::has(std::string_view name) const {
  return std::ranges::any_of(names, [&](const std::string& one) { return ascii_lower(one) == name; });
}

OwnLook own_look(const std::string& path) {
  const auto source = open_source(path, nullptr);
  const std::span<const std::string> columns = source->columns();
  if (!columns.empty()) return {OwnLook::Kind::lines, {columns.begin(), columns.end()}};
  const std::string text = source_start(*source, kLookedAt);
  const char begin = first_character(*memory_source(path, text));
  if (begin == '{') return {OwnLook::Kind::lines, first_keys(text)};
  if (begin == '[') return {OwnLook::Kind::array, first_keys(text)};
  std::vector<std::string> header = header_of(path, text);
  return {header.empty() ? OwnLook::Kind::other : OwnLook::Kind::table, std::move(header)};
}

OwnContent own_content(const OwnLook& look) {
  OwnContent content;
  content.battles = is_battle_header(look.names);
  if (look.kind == OwnLook::Kind::other || content.battles) return content;
  bool id = look.has("query");
  std::size_t others = 0;
  bool scores = false;
  for (const std::string& name : look.names) {
    const OwnRole role = usual_role(name);
    id = id || role == OwnRole::id;
    content.model = content.model || role == OwnRole::model;
    content.prompts = content.prompts || role == OwnRole::prompt;
    content.answers = content.answers || role == OwnRole::response;
    scores = scores || role == OwnRole::score;
    others += role == OwnRole::none && ascii_lower(name) != "query" ? 1 : 0;
  }
  content.answer = look.has("answer");
  if (look.kind == OwnLook::Kind::table) {
    // A column that nobody knows is a model, in a table without a column of models.
    content.ours = others > 0 && !content.model && !content.answers && (id || content.prompts);
  } else if (look.has("query")) {
    for (const std::string_view key : {"prompt", "response", "verdict", "score", "scores", "label", "weights"}) {
      const bool of_model = key == "response" || key == "verdict" || key == "score" || key == "scores";
      content.ours = content.ours || (look.has(key) && (!of_model || content.model));
    }
  } else {
    content.ours = (look.has("question") && look.has("options")) || (look.has("item") && look.has("scores")) ||
                   (content.model && (look.has("parameters") || look.has("price") || look.has("provider"))) ||
                   (look.has("judge") && (look.has("lower_is_better") || look.has("least") || look.has("most"))) ||
                   (look.has("baseline") && look.names.size() == 1);
  }
  if (look.kind != OwnLook::Kind::table) {
    content.wide = others > 1 && !content.model && !content.answers && !scores && (id || content.prompts);
  }
  content.answers = (content.answers || scores) && (id || content.prompts);
  content.prompts = content.prompts || look.has("query");
  return content;
}

std::string recognise_csv(const std::string& path) {
  const OwnLook look = look_at(path);
  const OwnContent content = own_content(look);
  const bool prompts = content.prompts && !content.answers && !content.model;
  const bool known = content.ours || prompts || (content.model && content.answers);
  return look.kind == OwnLook::Kind::table && known ? reason(look) : "";
}

std::string recognise_jsonl(const std::string& path) {
  const OwnLook look = look_at(path);
  const bool json = look.kind == OwnLook::Kind::lines || look.kind == OwnLook::Kind::array;
  const OwnContent content = own_content(look);
  if (!json || content.battles) return {};
  const bool prompts = content.prompts && !content.answers && !content.model;
  const bool ours = content.ours || content.wide || prompts;
  return ours || (content.model && (content.answers || content.answer)) ? reason(look) : "";
}

std::string recognise_battles(const std::string& path) {
  const OwnLook look = look_at(path);
  return own_content(look).battles ? reason(look) : "";
}

}  // namespace assay::data

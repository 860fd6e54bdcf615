#include "assay/data/prompt_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "assay/core/error.h"
#include "assay/data/cell_words.h"
#include "assay/data/field_values.h"
#include "assay/data/offered_text.h"
#include "assay/data/own_columns.h"

namespace assay::data {
namespace {

std::string text_of_part(const JsonValue& value) {
  switch (value.kind()) {
    case JsonKind::null: return {};
    case JsonKind::boolean: return value.boolean() ? "true" : "false";
    case JsonKind::string: return std::string(value.string());
    case JsonKind::number: return fmt::format("{}", value.number());
    case JsonKind::array: return with_options("", value).text.substr(1);  // without the end of an empty question
    default: value.reject("a text, a number or a list of texts");
  }
}

// What a row says of its query beside the prompt.
struct Named {
  std::string id;
  std::string task;
  std::string gold;

  void take(std::string_view column, const std::string& text) {
    switch (usual_role(column)) {
      case OwnRole::id: id = text; break;
      case OwnRole::task: task = text; break;
      case OwnRole::gold: gold = text; break;
      default: break;
    }
  }
};

}  // namespace

RowTemplate::RowTemplate(std::string_view text) {
  std::string plain;
  bool any = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      plain += c;
      ++i;
      continue;
    }
    if (c == '}') throw InvalidArgument("`prompt`: a \"}\" closes nothing; a brace of the text is written twice");
    if (c != '{') {
      plain += c;
      continue;
    }
    const std::size_t end = text.find('}', i);
    if (end == std::string_view::npos || end == i + 1) {
      throw InvalidArgument("`prompt`: expected {COLUMN}, came " + quoted(text.substr(i)) +
                            "; a brace of the text is written twice");
    }
    parts_.push_back({std::move(plain), false});
    plain.clear();
    parts_.push_back({std::string(text.substr(i + 1, end - i - 1)), true});
    any = true;
    i = end;
  }
  parts_.push_back({std::move(plain), false});
  if (!any) throw InvalidArgument("`prompt`: expected a text with {COLUMN} in it, came " + quoted(text));
}

std::string RowTemplate::render(const std::function<std::string(const std::string&)>& value) const {
  std::string text;
  for (const Part& part : parts_) text += part.column ? value(part.text) : part.text;
  return text;
}

void PromptRows::take(const JsonValue& row) {
  Named named;
  for (const JsonValue part : row.parts()) {
    const OwnRole role = usual_role(part.key());
    if (role == OwnRole::id || role == OwnRole::task || role == OwnRole::gold) {
      named.take(part.key(), role == OwnRole::id     ? std::string(part.id())
                             : role == OwnRole::gold ? text_of(part)
                                                     : text_of_part(part));
    }
  }
  const std::string prompt = template_.render([&](const std::string& column) {
    const auto value = row.find(column);
    if (!value) {
      std::vector<std::string> keys;
      for (const JsonValue part : row.parts()) keys.emplace_back(part.key());
      throw DataError(row.where(), fmt::format("expected the key {} of `prompt`, came {}", quoted(column),
                                               quoted(fmt::format("{}", fmt::join(keys, ", ")))));
    }
    return text_of_part(*value);
  });
  writer_.add({.id = named.id, .prompt = prompt, .task = named.task, .gold = named.gold}, row.where());
}

void PromptRows::read(CsvRecords& records) {
  const std::vector<std::string> header(records.fields().begin(), records.fields().end());
  std::size_t rows = 0;
  for (; records.next(); ++rows) {
    const Location where{records.path(), records.line()};
    if (records.fields().size() != header.size()) {
      throw DataError(where, fmt::format("expected {} fields as in the header, came {}", header.size(),
                                         records.fields().size()));
    }
    Named named;
    for (std::size_t i = 0; i < header.size(); ++i) {
      named.take(without_blanks(header[i]), std::string(without_blanks(records.fields()[i])));
    }
    const std::string prompt = template_.render([&](const std::string& column) {
      const auto at =
          std::ranges::find(header, column, [](const std::string& name) { return without_blanks(name); });
      if (at != header.end()) return std::string(records.fields()[static_cast<std::size_t>(at - header.begin())]);
      throw DataError(where, fmt::format("expected the column {} of `prompt`, came {}", quoted(column),
                                         quoted(fmt::format("{}", fmt::join(header, ", ")))));
    });
    writer_.add({.id = named.id, .prompt = prompt, .task = named.task, .gold = named.gold}, where);
  }
  if (rows == 0) {
    throw DataError({records.path(), records.line() + 1},
                    "expected rows after the header, came the end of the file");
  }
}

}  // namespace assay::data

#include "assay/data/csv_records.h"

#include <fmt/format.h>

#include "assay/core/error.h"

namespace assay::data {
namespace {

std::string_view separator_name(char separator) {
  switch (separator) {
    case ';': return "a semicolon";
    case '\t': return "a tab";
    default: return "a comma";
  }
}

}  // namespace

bool CsvRecords::next() {
  count_ = 0;
  do {
    if (!next_line()) return false;
  } while (rest_.empty() || rest_ == "\r");
  line_ = lines_.number();
  if (separator_ == '\0') find_separator();
  more_ = true;
  while (more_) {
    if (rest_.starts_with('"')) {
      take_quoted();
    } else {
      take_bare();
    }
  }
  return true;
}

bool CsvRecords::next_line() {
  if (!lines_.next()) return false;
  rest_ = lines_.line();
  check_utf8(rest_, path(), lines_.number());
  if (rest_.find('\0') != std::string_view::npos) reject(lines_.number(), "expected text, came a NUL byte");
  const bool cr = rest_.ends_with('\r');
  if (!cr_lf_) cr_lf_ = cr;
  // Where lines end in LF, a CR before one may be part of a text in quotes.
  if (cr && *cr_lf_) rest_.remove_suffix(1);
  return true;
}

/// The first separator after the first field, whatever stands in the others.
void CsvRecords::find_separator() {
  std::size_t begin = 0;
  while (begin < rest_.size() && rest_[begin] == '"') {  // Past a quoted field; doubled quotes are two of them.
    const std::size_t end = rest_.find('"', begin + 1);
    if (end == std::string_view::npos) break;
    begin = end + 1;
  }
  const std::size_t at = rest_.find_first_of(",;\t", begin);
  separator_ = at == std::string_view::npos ? ',' : rest_[at];
}

std::string& CsvRecords::new_field() {
  if (count_ == fields_.size()) fields_.emplace_back();
  in_quotes_.resize(fields_.size());
  fields_[count_].clear();
  in_quotes_[count_] = rest_.starts_with('"') ? 1 : 0;
  return fields_[count_++];
}

/// A field that starts with the quote at the start of `rest_`, over as many lines as it takes.
void CsvRecords::take_quoted() {
  const std::size_t opened = lines_.number();
  std::string& field = new_field();
  rest_.remove_prefix(1);
  while (true) {
    const std::size_t quote = rest_.find('"');
    field += rest_.substr(0, quote);
    if (field.size() > kMaxLine) reject(opened, "expected a field of at most 64 MiB, came a longer one");
    if (quote == std::string_view::npos) {
      if (!next_line()) reject(opened, "expected a quote at the end of the field, came the end of the file");
      field += '\n';
      continue;
    }
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) break;
    field += '"';
    rest_.remove_prefix(1);
  }
  if (rest_ == "\r") rest_ = {};
  more_ = rest_.starts_with(separator_);
  if (!more_ && !rest_.empty())
    reject(lines_.number(), fmt::format("expected {} after the field's closing quote, came {}",
                                        separator_name(separator_), quoted(rest_)));
  if (more_) rest_.remove_prefix(1);
}

void CsvRecords::take_bare() {
  const std::size_t comma = rest_.find(separator_);
  std::string_view text = rest_.substr(0, comma);
  if (comma == std::string_view::npos && text.ends_with('\r')) text.remove_suffix(1);
  if (separator_ != '\t' && text.find('"') != std::string_view::npos) {
    reject(lines_.number(), "expected quotes around the whole field, came one inside " + quoted(text));
  }
  new_field() = text;
  more_ = comma != std::string_view::npos;
  rest_.remove_prefix(more_ ? comma + 1 : rest_.size());
}

void CsvRecords::reject(std::size_t line, std::string_view what) const { throw DataError({path(), line}, what); }

}  // namespace assay::data

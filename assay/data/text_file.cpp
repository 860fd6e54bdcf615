#include "assay/data/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::data {
namespace {

constexpr std::size_t kFirstBuffer = 64 * 1024;

std::string mebibytes(std::size_t bytes) { return fmt::format("{} MiB", bytes >> 20U); }

}  // namespace

LineReader::LineReader(ByteSource& source, std::size_t max_line)
    : source_(source), max_line_(max_line), buffer_(kFirstBuffer + kTextPadding) {}

bool LineReader::next() {
  std::size_t looked_at = begin_;
  while (true) {
    const char* data = buffer_.data();
    const auto* newline = static_cast<const char*>(std::memchr(data + looked_at, '\n', end_ - looked_at));
    if (newline != nullptr) {
      line_ = {data + begin_, static_cast<std::size_t>(newline - data) - begin_};
      begin_ += line_.size() + 1;
      break;
    }
    const std::size_t length = end_ - begin_;
    if (!fill()) {
      if (begin_ == end_) return false;
      line_ = {buffer_.data() + begin_, end_ - begin_};
      begin_ = end_;
      break;
    }
    looked_at = begin_ + std::min(length, end_ - begin_);
  }
  ++number_;
  return true;
}

/// Makes room and reads more; false at the end of the source.
bool LineReader::fill() {
  const std::size_t length = end_ - begin_;
  if (length > max_line_) {
    throw DataError({path(), number_ + 1},
                    fmt::format("expected a line of at most {}, came a longer one", mebibytes(max_line_)));
  }
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, length);
  begin_ = 0;
  end_ = length;
  if (end_ + kTextPadding == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::size_t count = source_.read(buffer_.data() + end_, buffer_.size() - kTextPadding - end_);
  end_ += count;
  if (!started_ && count > 0) skip_mark();
  if (count == 0 && !source_.fault().empty()) {
    throw DataError({path(), number_ + 1}, fmt::format("expected a readable file, came {}", source_.fault()));
  }
  return count > 0;
}

void LineReader::skip_mark() {
  started_ = true;
  begin_ += mark_length({buffer_.data() + begin_, end_ - begin_}, path());
}

std::string_view read_document(ByteSource& source, std::vector<char>& buffer, std::size_t max_size) {
  if (buffer.size() < kFirstBuffer + kTextPadding) buffer.resize(kFirstBuffer + kTextPadding);
  std::size_t size = 0;
  while (true) {
    if (size + kTextPadding == buffer.size()) buffer.resize(2 * buffer.size());
    const std::size_t count = source.read(buffer.data() + size, buffer.size() - kTextPadding - size);
    if (count == 0) break;
    size += count;
    if (size > max_size) {
      throw DataError({source.path(), 0},
                      fmt::format("expected a document of at most {}, came a larger one", mebibytes(max_size)));
    }
  }
  const std::string_view text(buffer.data(), size);
  if (!source.fault().empty()) {
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    throw DataError({source.path(), lines + 1}, fmt::format("expected a readable file, came {}", source.fault()));
  }
  return text.substr(mark_length(text, source.path()));
}

std::size_t mark_length(std::string_view text, std::string_view path) {
  const bool marked = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  // Without a mark: half of each ASCII character is zero, and no text begins so.
  const bool little = text.size() > 1 && text[0] != '\0' && text[1] == '\0';
  const bool big = text.size() > 1 && text[0] == '\0' && text[1] != '\0';
  if (marked || little || big) {
    throw DataError({path, 1},
                    fmt::format("expected UTF-8, came UTF-16; convert it: iconv -f UTF-16{} -t UTF-8 {} > NEW_FILE",
                                marked   ? ""
                                : little ? "LE"
                                         : "BE",
                                escaped(path)));
  }
  return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

void check_utf8(std::string_view text, std::string_view path, std::size_t line) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      throw DataError({path, line}, fmt::format("expected UTF-8, came {}", quoted(text.substr(0, 1))));
    }
    if (text.front() == '\n') ++line;
    text.remove_prefix(length);
  }
}

}  // namespace assay::data

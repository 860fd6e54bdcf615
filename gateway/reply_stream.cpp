#include "gateway/reply_stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "gateway/json_members.h"

namespace assay::gateway {
namespace {

constexpr std::size_t kLongestEvent = 4U << 20U;

constexpr std::array<std::string_view, 4> kStreamFields = {"data", "event", "id", "retry"};

// The value of a field's line in an event.
std::optional<std::string_view> field_in(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || !line.substr(name.size()).starts_with(':')) return std::nullopt;
  line.remove_prefix(name.size() + 1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

// Where the lines of a text end, one after the other. By memchr, which looks at 32 bytes at a time where
// find_first_of looks at one: most of a stream's work is this. No byte is looked at twice, however the lines end.
class LineEnds {
 public:
  explicit LineEnds(std::string_view text) : text_(text) {}
  /// The next CR or LF; npos: none. `from` never goes back.
  std::size_t next(std::size_t from) {
    if (feed_ == kUnknown || feed_ < from) feed_ = text_.find('\n', from);
    return std::min(feed_, text_.substr(0, feed_).find('\r', from));  // npos is the largest
  }

 private:
  static constexpr std::size_t kUnknown = std::string_view::npos - 1;

  std::string_view text_;
  std::size_t feed_ = kUnknown;  // the next LF
};

// memmem, for the same reason: JSON is full of the quote that a find of "usage" begins with.
bool contains(std::string_view text, std::string_view word) {
  return !text.empty() && memmem(text.data(), text.size(), word.data(), word.size()) != nullptr;
}

struct EventText {
  std::string_view data = {};  // where it stands; of several lines the first
  std::string joined = {};     // several lines
  bool error = false;          // it is called so
};

EventText read_event(std::string_view event) {
  EventText text;
  LineEnds ends(event);
  for (std::size_t at = 0; at < event.size();) {
    const std::size_t end = std::min(ends.next(at), event.size());
    std::string_view line = without_mark(event.substr(at, end - at));
    at = end + 1;
    if (const auto name = field_in(line, "event")) text.error = *name == "error";
    const std::optional<std::string_view> data = field_in(line, "data");
    if (!data) continue;
    if (text.data.data() == nullptr) {
      text.data = *data;
    } else {
      if (text.joined.empty()) text.joined = text.data;
      text.joined.append("\n").append(*data);
    }
  }
  return text;
}

// Bytes before the end of what is here in which the end of an event may begin: "\r\n\r".
constexpr std::size_t kUnsureEnd = 3;

// Behind the empty line that ends an event; npos if there is none from `from` on. Lines end with CR, LF or both. A
// CR at the very end may be the first half of both, except where the line before it ended with a CR alone.
std::size_t event_end(std::string_view text, LineEnds& ends, std::size_t from) {
  constexpr std::string_view kLineEnds = "\r\n";
  for (std::size_t at = ends.next(from); at != std::string_view::npos;) {
    const bool both = text.substr(at).starts_with(kLineEnds);
    const std::size_t next = at + (both ? 2 : 1);
    const std::string_view rest = text.substr(next);
    if (rest.starts_with('\n') && (both || text[at] == '\n')) return next + 1;
    if (rest.starts_with(kLineEnds)) return next + 2;
    if (rest.starts_with('\r') && (rest.size() > 1 || (!both && text[at] == '\r'))) return next + 1;
    at = ends.next(next);
  }
  return std::string_view::npos;
}

}  // namespace

// What is left of an event stays where it is until more of it comes: an event may come in pieces of a few bytes,
// and none of them may cost as much as all before it.
void ReplyStream::take(std::string_view bytes, std::string& out) {
  if (raw_) {
    out += bytes;
    return;
  }
  const bool joined = !rest_.empty();
  if (joined) bytes = rest_.append(bytes);
  LineEnds ends(bytes);
  std::size_t begin = 0, end = 0;
  while ((end = event_end(bytes, ends, looked_)) != std::string_view::npos) {
    event(bytes.substr(begin, end - begin), out);
    looked_ = begin = end;
  }
  const std::size_t left = bytes.size() - begin;
  looked_ = left - std::min(left, kUnsureEnd);
  raw_ = left > kLongestEvent;
  if (raw_) {
    answers_ = true;
    out += bytes.substr(begin);
    rest_.clear();
  } else if (joined) {
    rest_.erase(0, begin);
  } else {
    rest_ = bytes.substr(begin);
  }
}

void ReplyStream::end(std::string& out) {
  const std::string last = std::exchange(rest_, {});
  if (!last.empty()) event(last, out);
}

void ReplyStream::event(std::string_view bytes, std::string& out) {
  const EventText text = read_event(bytes);
  const std::string_view data = text.joined.empty() ? text.data : std::string_view(text.joined);
  const bool usage = text.joined.empty() && contains(data, "\"usage\"");
  const bool may_fail = !answers_ || text.error || contains(data, "\"error\"");
  if (data.empty() || (!may_fail && !usage)) {
    out += bytes;
    return;
  }
  const ReplyFacts facts = reader_.read(data);
  if (facts.tokens) tokens_ = facts.tokens;
  const bool failed = may_fail && (text.error || facts.is_error || (!answers_ && !facts.is_object));
  if (failed && !failure_) {
    failure_ = FailedReply{status_told(data), std::string(data)};
    fails_at_once_ = !answers_;
  }
  answers_ = answers_ || (facts.has_answer && !failed);
  const std::optional<MemberRange> member =
      hide_ && usage && facts.is_object && !failed ? member_range(data, "usage") : std::nullopt;
  if (!member) {
    out += bytes;
    return;
  }
  if (facts.tokens && !facts.has_answer) return;
  const std::size_t offset = static_cast<std::size_t>(data.data() - bytes.data());
  out.append(bytes.substr(0, offset + member->begin)).append(bytes.substr(offset + member->end));
}

bool begins_as_stream(std::string_view body) {
  body = without_mark(body);
  body.remove_prefix(after_blanks(body, 0));
  if (body.starts_with(':')) return true;
  return std::any_of(kStreamFields.begin(), kStreamFields.end(),
                     [&](std::string_view name) { return field_in(body, name).has_value(); });
}

std::optional<FailedReply> failure_in(ReplyReader& reader, std::string_view body) {
  if (!begins_as_stream(body)) {
    if (reader.read(body).has_answer) return std::nullopt;
    return FailedReply{status_told(body), std::string(body)};
  }
  ReplyStream stream(reader, false);
  std::string passed;
  stream.take(body, passed);
  stream.end(passed);
  if (!stream.failure() && !stream.answers()) return FailedReply{};
  return stream.failure();
}

}  // namespace assay::gateway

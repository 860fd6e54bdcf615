#include "gateway/json_members.h"

#include <algorithm>

namespace assay::gateway {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

// Behind the string that begins at `at`.
std::size_t after_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

std::size_t after_value(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = after_string(text, at);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return at;  // of what holds the value
      if (--depth == 0) return at + 1;
    }
    if (depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n')) return at;
    ++at;
  }
  return at;
}

}  // namespace

std::size_t after_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

bool each_member(std::string_view object, const std::function<void(const MemberAt&)>& told) {
  std::size_t at = after_blanks(object, 0);
  if (at >= object.size() || object[at++] != '{') return false;
  MemberAt member;
  while (at < object.size()) {
    member.begin = after_blanks(object, at);
    if (member.begin >= object.size() || object[member.begin] != '"') break;
    const std::size_t name_end = after_string(object, member.begin);
    if (name_end < member.begin + 2) return false;
    const std::size_t colon = after_blanks(object, name_end);
    const std::size_t value = after_blanks(object, colon + 1);
    member.end = after_value(object, value);
    member.name = object.substr(member.begin + 1, name_end - member.begin - 2);
    member.value = object.substr(value, member.end - value);
    const std::size_t next = after_blanks(object, member.end);
    const bool more = next < object.size() && object[next] == ',';
    member.comma_after = more ? next : kNowhere;
    told(member);
    at = next;
    if (!more) break;
    member.comma_before = next;
    at = next + 1;
  }
  at = after_blanks(object, at);
  return at < object.size() && object[at] == '}' && after_blanks(object, at + 1) == object.size();
}

std::string_view member_text(std::string_view object, std::string_view name) {
  std::string_view value;
  each_member(object, [&](const MemberAt& member) {
    if (member.name == name) value = member.value;
  });
  return value;
}

std::string_view first_item_text(std::string_view array) {
  if (!array.starts_with('[')) return {};
  const std::size_t first = after_blanks(array, 1);
  return array.substr(first, after_value(array, first) - first);
}

std::optional<MemberRange> member_range(std::string_view object, std::string_view name) {
  std::optional<MemberRange> found;
  each_member(object, [&](const MemberAt& member) {
    if (member.name != name) return;
    if (member.comma_before != kNowhere) {
      found = MemberRange{member.comma_before, member.end};
    } else {
      found = MemberRange{member.begin, member.comma_after == kNowhere ? member.end : member.comma_after + 1};
    }
  });
  return found;
}

}  // namespace assay::gateway

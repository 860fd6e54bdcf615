#include "assay/judge/thoughts.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "assay/core/ascii.h"

namespace assay::judge {
namespace {

// Whatever the case of their letters.
struct ThoughtMarks {
  std::string_view begin;  // may be empty: only the end is ever there
  std::string_view end;
};

constexpr std::array kThoughtMarks = std::to_array<ThoughtMarks>({
    {"[think]", "[/think]"},                                              // Mistral
    {"<|begin_of_thought|>", "<|end_of_thought|>"},                       // OpenThinker
    {"<|start_thinking|>", "<|end_thinking|>"},                           // Cohere
    {"<seed:think>", "</seed:think>"},                                    // Seed-OSS
    {"<|channel>thought", "<channel|>"},                                  // Gemma
    {"<unused94>", "<unused95>"},                                         // MedGemma
    {"\xE2\x97\x81think\xE2\x96\xB7", "\xE2\x97\x81/think\xE2\x96\xB7"},  // Kimi
    {"", "<|channel|>final<|message|>"},                                  // gpt-oss
});

// Elements: <think>, <think type="x">, </think>.
constexpr std::array kThoughtNames = std::to_array<std::string_view>(
    {"think", "thinking", "thought", "thoughts", "reasoning", "reflection", "analysis", "scratchpad"});

bool begins_with(std::string_view text, std::string_view what) {
  return text.size() >= what.size() && std::equal(what.begin(), what.end(), text.begin(),
                                                  [](char a, char b) { return ascii_lower(a) == ascii_lower(b); });
}

struct ThoughtTag {
  std::size_t length;
  bool opens;
};

// A tag <name ...> or </name>; 0 bytes: none.
std::optional<ThoughtTag> element_at(std::string_view text) {
  if (!text.starts_with('<')) return std::nullopt;
  const bool opens = !text.starts_with("</");
  const std::string_view inner = text.substr(opens ? 1 : 2, 80);
  const std::size_t close = inner.find('>');
  if (close == std::string_view::npos || (close > 0 && inner[close - 1] == '/')) return std::nullopt;
  const std::string_view name = inner.substr(0, std::min(close, inner.find_first_of(" \t")));
  const bool known = std::any_of(kThoughtNames.begin(), kThoughtNames.end(), [&](std::string_view one) {
    return one.size() == name.size() && begins_with(name, one);
  });
  if (!known) return std::nullopt;
  return ThoughtTag{(opens ? 1 : 2) + close + 1, opens};
}

std::optional<ThoughtTag> tag_at(std::string_view text) {
  if (const auto element = element_at(text)) return element;
  for (const ThoughtMarks& marks : kThoughtMarks) {
    if (begins_with(text, marks.end)) return ThoughtTag{marks.end.size(), false};
    if (!marks.begin.empty() && begins_with(text, marks.begin)) return ThoughtTag{marks.begin.size(), true};
  }
  return std::nullopt;
}

struct WithoutThoughts {
  std::string left;
  std::optional<std::size_t> open = {};  // where in it the last ones begin, if they have no end
};

WithoutThoughts read_thoughts(std::string_view content) {
  std::string left;
  std::size_t opened = std::string::npos;  // where the thoughts began, in `left`
  std::size_t at = 0;
  while (at < content.size()) {
    const std::size_t next = std::min(content.find_first_of("<[\xE2", at), content.size());
    left += content.substr(at, next - at);
    at = next;
    if (at == content.size()) break;
    const std::optional<ThoughtTag> tag = tag_at(content.substr(at));
    if (!tag) {
      left += content[at++];
      continue;
    }
    at += tag->length;
    if (!tag->opens) {
      left.resize(opened == std::string::npos ? 0 : opened);
      opened = std::string::npos;
    } else if (opened == std::string::npos) {
      opened = left.size();
    }
  }
  if (opened == std::string::npos) return {std::move(left)};
  return {std::move(left), opened};
}

}  // namespace

std::string without_thoughts(std::string_view content) { return read_thoughts(content).left; }

bool ends_in_thoughts(std::string_view content) { return read_thoughts(content).open.has_value(); }

std::string said_in(std::string_view content) {
  const auto [left, open] = read_thoughts(content);
  if (!open) return left;
  const std::size_t end = left.find_last_not_of(" \t\r\n");
  if (end == std::string::npos || end < *open) return {};
  const std::size_t line = left.rfind('\n', end);
  if (line == std::string::npos || line < *open) return {};
  return left.substr(line + 1, end - line);
}

}  // namespace assay::judge

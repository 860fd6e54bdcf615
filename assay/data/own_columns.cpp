#include "assay/data/own_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "assay/core/ascii.h"
#include "assay/core/utf8.h"
#include "assay/data/cell_words.h"

namespace assay::data {
namespace {

struct UsualName {
  std::string_view name;
  OwnRole role;
};

// The first name of a role is the one that needs no telling. `query` and `answer` are not here: what they hold
// depends on the columns beside them.
constexpr std::array kUsualNames = std::to_array<UsualName>({
    {"id", OwnRole::id},
    {"query_id", OwnRole::id},
    {"question_id", OwnRole::id},
    {"prompt_id", OwnRole::id},
    {"sample_id", OwnRole::id},
    {"example_id", OwnRole::id},
    {"item_id", OwnRole::id},
    {"item", OwnRole::id},
    {"qid", OwnRole::id},
    {"uid", OwnRole::id},
    {"prompt", OwnRole::prompt},
    {"question", OwnRole::prompt},
    {"instruction", OwnRole::prompt},
    {"input", OwnRole::prompt},
    {"messages", OwnRole::prompt},
    {"task", OwnRole::task},
    {"category", OwnRole::task},
    {"subject", OwnRole::task},
    {"model", OwnRole::model},
    {"model_name", OwnRole::model},
    {"model_id", OwnRole::model},
    {"response", OwnRole::response},
    {"output", OwnRole::response},
    {"completion", OwnRole::response},
    {"generation", OwnRole::response},
    {"generated_text", OwnRole::response},
    {"model_output", OwnRole::response},
    {"model_response", OwnRole::response},
    {"model_answer", OwnRole::response},
    {"reply", OwnRole::response},
    {"score", OwnRole::score},
    {"passed", OwnRole::score},
    {"pass", OwnRole::score},
    {"correct", OwnRole::score},
    {"is_correct", OwnRole::score},
    {"accuracy", OwnRole::score},
    {"success", OwnRole::score},
    {"rating", OwnRole::score},
    {"grade", OwnRole::score},
    {"judge", OwnRole::judge},
    {"scorer", OwnRole::judge},
    {"metric", OwnRole::judge},
    {"grader", OwnRole::judge},
    {"repeat", OwnRole::repeat},
    {"epoch", OwnRole::repeat},
    {"trial", OwnRole::repeat},
    {"turn", OwnRole::turn},
    {"gold", OwnRole::gold},
    {"reference", OwnRole::gold},
    {"target", OwnRole::gold},
    {"expected", OwnRole::gold},
    {"expected_output", OwnRole::gold},
    {"ground_truth", OwnRole::gold},
    {"correct_answer", OwnRole::gold},
    {"reference_answer", OwnRole::gold},
    {"expected_answer", OwnRole::gold},
    {"ideal", OwnRole::gold},
});

std::string plain_name(std::string_view name) {
  std::string plain = ascii_lower(without_blanks(name));
  std::ranges::replace_if(
      plain, [](char c) { return c == '-' || c == ' '; }, '_');
  return plain;
}

std::string_view role_name(OwnRole role) {
  switch (role) {
    case OwnRole::id: return "the query's id";
    case OwnRole::prompt: return "the prompt";
    case OwnRole::task: return "the task";
    case OwnRole::model: return "the model";
    case OwnRole::response: return "the response";
    case OwnRole::score: return "a score";
    case OwnRole::judge: return "the judge";
    case OwnRole::repeat: return "the repeat";
    case OwnRole::turn: return "the turn";
    case OwnRole::gold: return "the right answer";
    default: return "nothing";
  }
}

struct RightOrWrong {
  std::string_view word;
  double value;
};
constexpr std::array kRightOrWrong = std::to_array<RightOrWrong>({{"true", 1},
                                                                  {"false", 0},
                                                                  {"yes", 1},
                                                                  {"no", 0},
                                                                  {"pass", 1},
                                                                  {"fail", 0},
                                                                  {"passed", 1},
                                                                  {"failed", 0},
                                                                  {"correct", 1},
                                                                  {"incorrect", 0},
                                                                  {"right", 1},
                                                                  {"wrong", 0}});

std::optional<double> finite_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

OwnRole usual_role(std::string_view name) {
  const std::string plain = plain_name(name);
  const auto row = std::ranges::find(kUsualNames, plain, &UsualName::name);
  return row == kUsualNames.end() ? OwnRole::none : row->role;
}

OwnColumns::OwnColumns(std::span<const std::string_view> names, const OwnHints& hints, const Location& where)
    : roles_(names.size(), OwnRole::none) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::ranges::find(hints.ignore, without_blanks(names[i])) != hints.ignore.end()) {
      roles_[i] = OwnRole::ignored;
      continue;
    }
    const OwnRole role = usual_role(names[i]);
    const bool of_wide =
        role == OwnRole::id || role == OwnRole::prompt || role == OwnRole::task || role == OwnRole::gold;
    if (!hints.wide || of_wide) give(role, i, names, where);
  }
  give_uncertain(names, hints, where);
}

std::optional<std::size_t> OwnColumns::at(OwnRole role) const {
  const auto column = std::ranges::find(roles_, role);
  if (column == roles_.end()) return std::nullopt;
  return static_cast<std::size_t>(column - roles_.begin());
}

/// `query` is the id, or the prompt beside an id. `answer` is the response where somebody has answered, and the
/// right one beside a response, or beside a prompt where nobody has.
void OwnColumns::give_uncertain(std::span<const std::string_view> names, const OwnHints& hints,
                                const Location& where) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (roles_[i] != OwnRole::none) continue;
    const std::string name = plain_name(names[i]);
    if (name == "query") {
      give(has(OwnRole::id) && !has(OwnRole::prompt) ? OwnRole::prompt : OwnRole::id, i, names, where);
    } else if (name == "answer" && has(OwnRole::response)) {
      give(OwnRole::gold, i, names, where);
    } else if (name == "answer" && (hints.model_known || has(OwnRole::model))) {
      give(OwnRole::response, i, names, where);
    } else if (name == "answer" && (has(OwnRole::prompt) || hints.wide)) {
      if (has(OwnRole::prompt)) give(OwnRole::gold, i, names, where);
    } else if (name == "answer") {
      throw DataError(where, fmt::format("expected to know whose {} is: a model's (say which with `model`), or the "
                                         "right one (call it \"gold\"), or of no use (`ignore` it)",
                                         quoted(names[i])));
    }
  }
}

void OwnColumns::give(OwnRole role, std::size_t column, std::span<const std::string_view> names,
                      const Location& where) {
  if (role == OwnRole::none) return;
  const std::optional<std::size_t> before = role == OwnRole::score ? std::nullopt : at(role);
  if (before) {
    throw DataError(
        where, fmt::format("expected one column or key for {}, came {} and {}; pass over one with `ignore` {}",
                           role_name(role), quoted(names[*before]), quoted(names[column]), quoted(names[column])));
  }
  roles_[column] = role;
}

std::string read_so(std::string_view name, OwnRole role) {
  if (role == OwnRole::ignored || role == OwnRole::score) return {};
  if (role == OwnRole::none) return fmt::format("{}: passed over", quoted(name));
  const auto usual = std::ranges::find(kUsualNames, role, &UsualName::role);
  const std::string plain = plain_name(name);
  const bool usual_id = role == OwnRole::id && usual_role(name) == role;
  if (plain == usual->name || usual_id || (role == OwnRole::id && plain == "query")) return {};
  return fmt::format("{}: read as {}", quoted(name), role_name(role));
}

std::optional<OwnScore> own_score(std::string_view text) {
  constexpr double kWhole = 100;
  const std::string_view bare = without_blanks(text);
  if (bare.ends_with('%')) {
    const auto share = finite_number(without_blanks(bare.substr(0, bare.size() - 1)));
    return share ? std::optional(OwnScore{*share / kWhole, true}) : std::nullopt;
  }
  if (const auto number = finite_number(bare)) return OwnScore{*number};
  constexpr std::size_t kLongestWord = 9;
  const std::string word = bare.size() <= kLongestWord ? ascii_lower(bare) : "";
  const auto row = std::ranges::find(kRightOrWrong, word, &RightOrWrong::word);
  return row == kRightOrWrong.end() ? std::nullopt : std::optional(OwnScore{row->value, false, true});
}

bool has_decimal_comma(std::string_view text) {
  const std::string_view bare = without_blanks(text);
  const std::size_t comma = bare.find(',');
  if (comma == std::string_view::npos || bare.find(',', comma + 1) != std::string_view::npos) return false;
  std::string pointed(bare);
  pointed[comma] = '.';
  return own_score(pointed).has_value();
}

}  // namespace assay::data

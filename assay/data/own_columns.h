#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/error.h"

namespace assay::data {

/// \file
/// What the columns or keys of somebody's own file hold, by their usual names.

/// What a column is taken for.
enum class OwnRole : std::uint8_t {
  none,
  ignored,
  id,
  prompt,
  task,
  model,
  response,
  score,
  judge,
  repeat,
  turn,
  gold
};

/// What is known of a file beside its columns.
struct OwnHints {
  bool model_known = false;                  ///< Whose answers it holds is told elsewhere.
  bool wide = false;                         ///< Models are columns: only id, prompt, task and gold are looked for.
  std::span<const std::string> ignore = {};  ///< Columns to pass over.
};

/// Columns of a file and what each is taken for. Every role but score, none and ignored is given once at most.
class OwnColumns {
 public:
  /// By the usual names (in any case; "question-id" is "question_id"): `prompt`, `question`, `instruction` and
  /// `input` are prompts, and so on. Throws DataError at `where` if two columns fit one role, or one fits two.
  ///
  ///     const OwnColumns columns({"prompt_id", "model", "passed"}, {}, where);
  ///     columns.at(OwnRole::score);  // {2}
  OwnColumns(std::span<const std::string_view> names, const OwnHints& hints, const Location& where);

  OwnRole role(std::size_t column) const { return roles_[column]; }
  bool has(OwnRole role) const { return at(role).has_value(); }
  /// The first column of that role.
  std::optional<std::size_t> at(OwnRole role) const;

 private:
  void give_uncertain(std::span<const std::string_view> names, const OwnHints& hints, const Location& where);
  void give(OwnRole role, std::size_t column, std::span<const std::string_view> names, const Location& where);

  std::vector<OwnRole> roles_;
};

/// What a column of this name holds, whatever is beside it; none if that depends ("query", "answer").
OwnRole usual_role(std::string_view name);

/// ""question": read as the prompt", what people are told of a column whose name is not the usual one of its role;
/// empty where there is nothing to tell.
std::string read_so(std::string_view name, OwnRole role);

/// A score as people write it: a number, a percentage (a share of 1), or right or wrong in words (true, pass, yes,
/// correct, ...). Nothing if it is none.
struct OwnScore {
  double value = 0;
  bool percent = false;
  bool word = false;
};
std::optional<OwnScore> own_score(std::string_view text);

/// True for "0,75".
bool has_decimal_comma(std::string_view text);

}  // namespace assay::data

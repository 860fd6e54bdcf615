#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::data {

/// How a file begins: what its first row is made of.
struct OwnLook {
  enum class Kind : std::uint8_t { other, lines, array, table };
  Kind kind = Kind::other;
  std::vector<std::string> names;  ///< Keys of the first object, or a table's columns.

  bool has(std::string_view name) const;
};

/// Reads the first 64 KiB at most. What can't be read is `other`.
OwnLook own_look(const std::string& path);

/// What the rows of a file are, by the names in the first.
struct OwnContent {
  bool battles = false;
  bool ours = false;     ///< Kinds of records as in the format jsonl, or a table with a column for each model.
  bool model = false;    ///< Rows name their model.
  bool answers = false;  ///< Responses or scores.
  bool answer = false;   ///< A column called so, which may be the model's or the right one.
  bool prompts = false;
  bool wide = false;  ///< JSON whose keys may be models.
};
OwnContent own_content(const OwnLook& look);

/// Why the file at `path` is one of these formats (see Format::recognise); empty if it is not, or a folder.
std::string recognise_csv(const std::string& path);
std::string recognise_jsonl(const std::string& path);
std::string recognise_battles(const std::string& path);

}  // namespace assay::data

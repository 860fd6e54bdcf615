#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace assay::gateway {

/// \file
/// Where things stand in the text of a JSON object. Only strings and brackets are looked at, so that what no parser
/// takes (half a surrogate pair, NaN) is read all the same. Any text will do.

/// A member of an object.
struct MemberAt {
  std::string_view name = {};   ///< Between its quotes, as it is written.
  std::string_view value = {};  ///< As it is written.
  std::size_t begin = 0;        ///< Of its name.
  std::size_t end = 0;          ///< Of its value.
  std::size_t comma_before = std::string_view::npos;
  std::size_t comma_after = std::string_view::npos;
};

/// Calls `told` with each member of the object in turn. False if the text is no object from its first brace to its
/// last.
bool each_member(std::string_view object, const std::function<void(const MemberAt&)>& told);

/// The value of the last member of that name; empty if there is none.
std::string_view member_text(std::string_view object, std::string_view name);

/// The first item of an array; empty if there is none.
std::string_view first_item_text(std::string_view array);

/// Where a member stands with its name and one comma: what to cut out to be without it.
struct MemberRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};
/// Of the last one of that name. Empty if there is none.
std::optional<MemberRange> member_range(std::string_view object, std::string_view name);

/// The place from `at` on where something else than blanks stands; the end if there is none.
std::size_t after_blanks(std::string_view text, std::size_t at);

}  // namespace assay::gateway

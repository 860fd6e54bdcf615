#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace assay::report {

/// A JSON value to be written, or one that was read: null, a bool, a number, a string, an array or an object that
/// keeps its order. The same value always gives the same bytes.
///
///     Json::object().set("study", path).set("models", 53).set("gap95", Json::array_of(gaps)).pretty();
class Json {
 public:
  // Conversions are meant: whatever a value can be made of may stand where a Json is expected.
  // NOLINTBEGIN(google-explicit-constructor)
  Json();  ///< null
  Json(std::same_as<bool> auto value) : Json(Flag{value}) {}
  Json(std::signed_integral auto value) : Json(Signed{value}) {}
  Json(std::unsigned_integral auto value) requires(!std::same_as<decltype(value), bool>) : Json(Unsigned{value}) {}
  Json(double value);            ///< Text that reads back as the same number; NaN and infinities become null.
  Json(std::string_view value);  ///< Bytes that are not UTF-8 are replaced by U+FFFD.
  Json(const std::string& value) : Json(std::string_view(value)) {}
  Json(const char* value) : Json(std::string_view(value)) {}
  // NOLINTEND(google-explicit-constructor)
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(Json other) noexcept;
  ~Json();

  static Json array();
  static Json object();

  /// An array of the items of `range`, each of which a Json can be made of.
  template <typename Range>
  static Json array_of(const Range& range) {
    Json result = array();
    for (const auto& item : range) result.add(item);
    return result;
  }

  /// Sets a member of an object; one that is there already keeps its place. Throws InvalidArgument otherwise.
  Json& set(std::string_view key, Json value);
  /// Appends to an array. Throws InvalidArgument otherwise.
  Json& add(Json value);

  /// The value that a text says. Throws DataError for what is no JSON, or nested deeper than 100.
  static Json parsed(std::string_view text);

  bool is_object() const;
  bool is_array() const;
  bool is_null() const;
  /// Of an array or object; 0 of others.
  std::size_t size() const;
  /// A member of an object; null if there is none. Of what is no object: null.
  Json member(std::string_view key) const;
  bool has(std::string_view key) const;
  /// An item of an array, `at` below its size.
  Json item(std::size_t at) const;
  /// What it is, of another kind NaN, "" or false.
  double number() const;
  std::string text() const;
  bool flag() const;

  /// In one line, without a line end. Only ASCII characters, the others as \uXXXX: safe on every terminal.
  std::string compact() const;
  /// The same in UTF-8, as short as can be.
  std::string compact_utf8() const;
  /// For people too: two spaces of indent, arrays of plain values in one line, a line end at the end.
  std::string pretty() const;

 private:
  struct Flag {
    bool value;
  };
  struct Signed {
    std::int64_t value;
  };
  struct Unsigned {
    std::uint64_t value;
  };
  struct Value;

  explicit Json(Flag value);
  explicit Json(Signed value);
  explicit Json(Unsigned value);
  explicit Json(std::unique_ptr<Value> value);

  std::unique_ptr<Value> value_;  // null after a move only
};

}  // namespace assay::report

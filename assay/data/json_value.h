#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "assay/core/error.h"

namespace assay::data {

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

/// A value in a parsed row; its parts follow it, each with its own parts, in the order of the file.
struct JsonNode {
  JsonKind kind = JsonKind::null;
  std::uint32_t span = 1;    ///< Number of nodes of the value: itself and all its parts.
  std::string_view key;      ///< Its name in the object around it, unescaped.
  std::string_view text;     ///< A string's text, unescaped; a number as written.
  double number = 0;         ///< A number's value, finite but for JsonRules::bare_numbers; a boolean's 0 or 1.
  const char* at = nullptr;  ///< Where it starts in the file.
};

/// The file's text around a row, to find the line of a value when it is wanted.
struct JsonOrigin {
  std::string_view path;
  const char* begin = nullptr;  ///< Start of a line or of the row.
  std::size_t line = 1;         ///< Of `begin`.
  std::size_t row = 0;          ///< From 1, where many rows share a line; 0: the line tells enough.
  /// The last place whose line was asked for, and the lines before it: a file that is one value has many places,
  /// mostly asked for in order.
  mutable const char* counted_to = nullptr;
  mutable std::size_t counted = 0;
};

/// A value with typed access. All of it is borrowed from the reader and is valid until the next row. What does not
/// fit is thrown as DataError "path:line: expected X in "field", came Y".
class JsonValue {
 public:
  JsonValue(const JsonNode& node, const JsonOrigin& origin) : node_(&node), origin_(&origin) {}

  JsonKind kind() const { return node_->kind; }
  bool is_null() const { return node_->kind == JsonKind::null; }
  std::string_view key() const { return node_->key; }
  Location where() const;

  std::string_view string() const;
  /// A string without the blanks around it, which are not part of a name; not empty.
  std::string_view name() const;
  /// A name, or an integer as written: ids are numbers in some files and strings in others.
  std::string_view id() const;
  double number() const;
  /// A number as it is written in the file.
  std::string_view digits() const;
  /// true or false, or 1 or 0.
  bool boolean() const;
  /// true, false, or a number from 0 to 1: how right something is.
  double correctness() const;
  /// An integer in [least, most].
  int integer(int least, int most) const;

  /// The part of an object that is called `key`; must be there.
  JsonValue field(std::string_view key) const;
  /// Nothing if there is no such part; two of the same name are an error.
  std::optional<JsonValue> find(std::string_view key) const;

  /// Parts of an array or object, for range-for.
  class Parts;
  Parts parts() const;
  /// Parts of a value that must be an array.
  Parts elements() const;

  /// Throws DataError "expected `expected` in "key", came (this value)".
  [[noreturn]] void reject(std::string_view expected) const;

 private:
  const JsonNode* node_;
  const JsonOrigin* origin_;
};

class JsonValue::Parts {
 public:
  class Iterator {
   public:
    Iterator(const JsonNode* node, const JsonOrigin* origin) : node_(node), origin_(origin) {}
    JsonValue operator*() const { return {*node_, *origin_}; }
    Iterator& operator++() {
      node_ += node_->span;
      return *this;
    }
    bool operator==(const Iterator& other) const { return node_ == other.node_; }

   private:
    const JsonNode* node_;
    const JsonOrigin* origin_;
  };

  Parts(const JsonNode* whole, const JsonOrigin* origin) : whole_(whole), origin_(origin) {}
  Iterator begin() const { return {whole_ + 1, origin_}; }
  Iterator end() const { return {whole_ + whole_->span, origin_}; }
  bool empty() const { return whole_->span == 1; }

 private:
  const JsonNode* whole_;
  const JsonOrigin* origin_;
};

inline JsonValue::Parts JsonValue::parts() const { return {node_, origin_}; }

}  // namespace assay::data

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::bridge {

/// A column that grows by rows, each with a value or none, and lies in memory as Arrow has it.
class Column {
 public:
  enum class Kind : std::uint8_t { text, int64, float64, boolean };

  Column(std::string name, Kind kind) : name_(std::move(name)), kind_(kind) {}

  void add(std::string_view text);
  void add(std::int64_t number);
  void add(double number);
  void add(bool yes);
  void add_null();
  /// Nothing where there is no value; of numbers that may be NaN, where it is NaN.
  void add_if(std::string_view text) { text.empty() ? add_null() : add(text); }
  template <typename T>
  void add_if(const std::optional<T>& value) {
    value ? add(*value) : add_null();
  }
  void add_number(double value) { value != value ? add_null() : add(value); }

  const std::string& name() const { return name_; }
  Kind kind() const { return kind_; }
  std::int64_t rows() const { return rows_; }
  std::int64_t nulls() const { return nulls_; }
  /// As AssayColumn has them. `offsets` of what is no text, and `valid` where all are there, are nullptr.
  const void* values() const;
  const std::int64_t* offsets() const { return kind_ == Kind::text ? offsets_.data() : nullptr; }
  const std::uint8_t* valid() const;

 private:
  void mark(bool valid);

  std::string name_;
  Kind kind_;
  std::int64_t rows_ = 0;
  std::int64_t nulls_ = 0;
  std::string text_;
  std::vector<std::int64_t> offsets_{0};
  std::vector<std::int64_t> whole_;
  std::vector<double> real_;
  std::vector<std::uint8_t> bits_;   // of a boolean
  std::vector<std::uint8_t> valid_;  // empty as long as nothing is missing
};

/// "text", "int64", "float64" or "bool".
const char* name(Column::Kind kind);

/// Columns that are shared with whoever reads them, and counted as long as somebody does.
class Columns {
 public:
  Columns();
  ~Columns();
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;

  /// Stays where it is when others are added.
  Column& add(std::string name, Column::Kind kind) { return all_.emplace_back(std::move(name), kind); }
  const std::deque<Column>& all() const { return all_; }
  /// Those that have not been destroyed yet, of the whole process.
  static std::int64_t alive();

 private:
  std::deque<Column> all_;
};

}  // namespace assay::bridge

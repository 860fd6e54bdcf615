#include "columnar/json_cells.h"

#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/scalar.h>
#include <arrow/type_traits.h>
#include <arrow/util/float16.h>
#include <arrow/util/utf8.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "columnar/failure.h"

namespace assay::columnar {
namespace {

template <typename Number>
void append_digits(Number value, std::string& to) {
  constexpr std::size_t kLongest = 32;
  std::array<char, kLongest> digits;
  to.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

template <typename Number>
void append_number(Number value, std::string& to) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (std::isnan(value)) {
      to += "null";
      return;
    }
    if (std::isinf(value)) {
      to += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
      return;
    }
  }
  append_digits(value, to);
}

bool is_utf8(std::string_view bytes) {
  static const bool kReady = (arrow::util::InitializeUTF8(), true);
  return kReady && arrow::util::ValidateUTF8(bytes);
}

/// Cells of an array of the class `Array`.
template <typename Array>
class ArrayCells : public JsonCells {
 public:
  explicit ArrayCells(const std::shared_ptr<arrow::Array>& array)
      : array_(std::static_pointer_cast<Array>(array)) {}
  bool is_null(std::int64_t row) const override { return array_->IsNull(row); }

 protected:
  const Array& array() const { return *array_; }

 private:
  std::shared_ptr<Array> array_;
};

class NoCells final : public JsonCells {
 public:
  bool is_null(std::int64_t /*row*/) const override { return true; }
  void append(std::int64_t /*row*/, std::string& to) const override { to += "null"; }
};

class BooleanCells final : public ArrayCells<arrow::BooleanArray> {
 public:
  using ArrayCells::ArrayCells;
  void append(std::int64_t row, std::string& to) const override { to += array().Value(row) ? "true" : "false"; }
};

template <typename Array>
class NumberCells final : public ArrayCells<Array> {
 public:
  using ArrayCells<Array>::ArrayCells;
  void append(std::int64_t row, std::string& to) const override { append_number(this->array().Value(row), to); }
  void append_plain(std::int64_t row, std::string& to) const override {
    if (!std::isnan(static_cast<double>(this->array().Value(row)))) append(row, to);
  }
};

class HalfCells final : public ArrayCells<arrow::HalfFloatArray> {
 public:
  using ArrayCells::ArrayCells;
  void append(std::int64_t row, std::string& to) const override {
    append_number(arrow::util::Float16::FromBits(array().Value(row)).ToFloat(), to);
  }
};

template <typename Array>
class TextCells final : public ArrayCells<Array> {
 public:
  using ArrayCells<Array>::ArrayCells;
  void append(std::int64_t row, std::string& to) const override {
    append_json_text(this->array().GetView(row), to);
  }
  void append_plain(std::int64_t row, std::string& to) const override { to += this->array().GetView(row); }
};

template <typename Array>
class ByteCells final : public ArrayCells<Array> {
 public:
  using ArrayCells<Array>::ArrayCells;
  void append(std::int64_t row, std::string& to) const override {
    const std::string_view bytes = this->array().GetView(row);
    if (is_utf8(bytes)) return append_json_text(bytes, to);
    to += "null";
  }
  void append_plain(std::int64_t row, std::string& to) const override {
    const std::string_view bytes = this->array().GetView(row);
    if (is_utf8(bytes)) to += bytes;
  }
};

/// What is written as Arrow shows it: decimals, dates, times, durations.
class ShownCells final : public ArrayCells<arrow::Array> {
 public:
  ShownCells(const std::shared_ptr<arrow::Array>& array, bool number) : ArrayCells(array), number_(number) {}
  void append(std::int64_t row, std::string& to) const override {
    if (number_) return append_plain(row, to);
    std::string shown;
    append_plain(row, shown);
    append_json_text(shown, to);
  }
  void append_plain(std::int64_t row, std::string& to) const override {
    to += taken(array().GetScalar(row))->ToString();
  }

 private:
  bool number_;
};

/// Lists of all kinds.
template <typename Array>
class ListCells final : public ArrayCells<Array> {
 public:
  explicit ListCells(const std::shared_ptr<arrow::Array>& array)
      : ArrayCells<Array>(array), values_(json_cells(this->array().values())) {}

  void append(std::int64_t row, std::string& to) const override {
    to += '[';
    const std::int64_t begin = this->array().value_offset(row);
    for (std::int64_t i = 0; i < this->array().value_length(row); ++i) {
      if (i > 0) to += ',';
      if (values_->is_null(begin + i)) {
        to += "null";
      } else {
        values_->append(begin + i, to);
      }
    }
    to += ']';
  }

 private:
  std::unique_ptr<JsonCells> values_;
};

class StructCells final : public ArrayCells<arrow::StructArray> {
 public:
  explicit StructCells(const std::shared_ptr<arrow::Array>& all) : ArrayCells(all) {
    for (int i = 0; i < array().num_fields(); ++i) {
      std::string key;
      append_json_text(array().type()->field(i)->name(), key);
      fields_.emplace_back(key + ":", json_cells(array().field(i)));
    }
  }

  void append(std::int64_t row, std::string& to) const override {
    to += '{';
    bool first = true;
    for (const auto& [key, cells] : fields_) {
      if (cells->is_null(row)) continue;
      if (!std::exchange(first, false)) to += ',';
      to += key;
      cells->append(row, to);
    }
    to += '}';
  }

 private:
  std::vector<std::pair<std::string, std::unique_ptr<JsonCells>>> fields_;
};

class MapCells final : public ArrayCells<arrow::MapArray> {
 public:
  explicit MapCells(const std::shared_ptr<arrow::Array>& all)
      : ArrayCells(all), keys_(json_cells(array().keys())), items_(json_cells(array().items())) {
    const arrow::Type::type key = array().map_type()->key_type()->id();
    text_ = key == arrow::Type::STRING || key == arrow::Type::LARGE_STRING || key == arrow::Type::STRING_VIEW;
  }

  void append(std::int64_t row, std::string& to) const override {
    to += '{';
    bool first = true;
    const std::int64_t begin = array().value_offset(row);
    for (std::int64_t i = begin; i < begin + array().value_length(row); ++i) {
      if (items_->is_null(i)) continue;
      if (!std::exchange(first, false)) to += ',';
      append_key(i, to);
      to += ':';
      items_->append(i, to);
    }
    to += '}';
  }

 private:
  void append_key(std::int64_t i, std::string& to) const {
    if (text_) return keys_->append(i, to);
    std::string key;
    keys_->append(i, key);
    append_json_text(key, to);
  }

  std::unique_ptr<JsonCells> keys_;
  std::unique_ptr<JsonCells> items_;
  bool text_ = false;
};

class DictionaryCells final : public ArrayCells<arrow::DictionaryArray> {
 public:
  explicit DictionaryCells(const std::shared_ptr<arrow::Array>& all)
      : ArrayCells(all), words_(json_cells(array().dictionary())) {}
  bool is_null(std::int64_t row) const override {
    return array().IsNull(row) || words_->is_null(array().GetValueIndex(row));
  }
  void append(std::int64_t row, std::string& to) const override { words_->append(array().GetValueIndex(row), to); }
  void append_plain(std::int64_t row, std::string& to) const override {
    words_->append_plain(array().GetValueIndex(row), to);
  }

 private:
  std::unique_ptr<JsonCells> words_;
};

template <typename Cells>
std::unique_ptr<JsonCells> made(const std::shared_ptr<arrow::Array>& array) {
  return std::make_unique<Cells>(array);
}

}  // namespace

void append_json_text(std::string_view text, std::string& to) {
  constexpr std::string_view kHex = "0123456789abcdef";
  to += '"';
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20U && c != '"' && c != '\\') continue;
    to.append(text, kept, i - kept);
    kept = i + 1;
    if (c >= 0x20U) {
      to += '\\';
      to += text[i];
    } else if (c == '\n') {
      to += "\\n";
    } else {
      to += "\\u00";
      to += kHex[c >> 4U];
      to += kHex[c & 15U];
    }
  }
  to.append(text, kept);
  to += '"';
}

std::unique_ptr<JsonCells> json_cells(const std::shared_ptr<arrow::Array>& array) {
  using arrow::Type;
  const Type::type type = array->type_id();
  switch (type) {
    case Type::NA: return std::make_unique<NoCells>();
    case Type::BOOL: return made<BooleanCells>(array);
    case Type::INT8: return made<NumberCells<arrow::Int8Array>>(array);
    case Type::INT16: return made<NumberCells<arrow::Int16Array>>(array);
    case Type::INT32: return made<NumberCells<arrow::Int32Array>>(array);
    case Type::INT64: return made<NumberCells<arrow::Int64Array>>(array);
    case Type::UINT8: return made<NumberCells<arrow::UInt8Array>>(array);
    case Type::UINT16: return made<NumberCells<arrow::UInt16Array>>(array);
    case Type::UINT32: return made<NumberCells<arrow::UInt32Array>>(array);
    case Type::UINT64: return made<NumberCells<arrow::UInt64Array>>(array);
    case Type::HALF_FLOAT: return made<HalfCells>(array);
    case Type::FLOAT: return made<NumberCells<arrow::FloatArray>>(array);
    case Type::DOUBLE: return made<NumberCells<arrow::DoubleArray>>(array);
    case Type::STRING: return made<TextCells<arrow::StringArray>>(array);
    case Type::LARGE_STRING: return made<TextCells<arrow::LargeStringArray>>(array);
    case Type::STRING_VIEW: return made<TextCells<arrow::StringViewArray>>(array);
    case Type::BINARY: return made<ByteCells<arrow::BinaryArray>>(array);
    case Type::LARGE_BINARY: return made<ByteCells<arrow::LargeBinaryArray>>(array);
    case Type::BINARY_VIEW: return made<ByteCells<arrow::BinaryViewArray>>(array);
    case Type::FIXED_SIZE_BINARY: return made<ByteCells<arrow::FixedSizeBinaryArray>>(array);
    case Type::LIST: return made<ListCells<arrow::ListArray>>(array);
    case Type::LARGE_LIST: return made<ListCells<arrow::LargeListArray>>(array);
    case Type::FIXED_SIZE_LIST: return made<ListCells<arrow::FixedSizeListArray>>(array);
    case Type::LIST_VIEW: return made<ListCells<arrow::ListViewArray>>(array);
    case Type::LARGE_LIST_VIEW: return made<ListCells<arrow::LargeListViewArray>>(array);
    case Type::STRUCT: return made<StructCells>(array);
    case Type::MAP: return made<MapCells>(array);
    case Type::DICTIONARY: return made<DictionaryCells>(array);
    case Type::EXTENSION: return json_cells(std::static_pointer_cast<arrow::ExtensionArray>(array)->storage());
    default: break;
  }
  const bool decimal = arrow::is_decimal(type);
  if (!decimal && !arrow::is_temporal(type) && !arrow::is_interval(type) && type != Type::DURATION) {
    throw Failure("a column of the type " + array->type()->ToString() + ", which is not read");
  }
  return std::make_unique<ShownCells>(array, decimal);
}

}  // namespace assay::columnar

#include "columnar/write_table.h"

#include <arrow/array/builder_base.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <istream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "columnar/failure.h"

namespace assay::columnar {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMostRows = std::int64_t{1} << 17U;
constexpr std::size_t kMostBytes = std::size_t{64} << 20U;

std::shared_ptr<arrow::DataType> type_named(const std::string& name) {
  if (name == "string") return arrow::utf8();
  if (name == "int32") return arrow::int32();
  if (name == "int64") return arrow::int64();
  if (name == "double") return arrow::float64();
  if (name == "bool") return arrow::boolean();
  if (name == "map") return arrow::map(arrow::utf8(), arrow::float64());
  if (name == "chat") {
    return arrow::list(
        arrow::struct_({arrow::field("role", arrow::utf8()), arrow::field("content", arrow::utf8())}));
  }
  throw Failure("expected a type (string, int32, int64, double, bool, map, chat), came " + name);
}

template <typename Builder>
Builder& as(arrow::ArrayBuilder& builder) {
  return dynamic_cast<Builder&>(builder);
}

void append_map(const Json& value, arrow::MapBuilder& builder) {
  check(builder.Append());
  for (const auto& [key, number] : value.items()) {
    check(as<arrow::StringBuilder>(*builder.key_builder()).Append(key));
    check(as<arrow::DoubleBuilder>(*builder.item_builder()).Append(number.get<double>()));
  }
}

void append_chat(const Json& value, arrow::ListBuilder& builder) {
  check(builder.Append());
  auto& message = as<arrow::StructBuilder>(*builder.value_builder());
  for (const Json& one : value) {
    check(message.Append());
    int field = 0;
    for (const char* name : {"role", "content"}) {
      check(as<arrow::StringBuilder>(*message.field_builder(field++))
                .Append(one.at(name).get_ref<const std::string&>()));
    }
  }
}

void append_value(const Json& value, arrow::ArrayBuilder& builder) {
  switch (builder.type()->id()) {
    case arrow::Type::STRING:
      return check(as<arrow::StringBuilder>(builder).Append(value.get_ref<const std::string&>()));
    case arrow::Type::INT32: return check(as<arrow::Int32Builder>(builder).Append(value.get<std::int32_t>()));
    case arrow::Type::INT64: return check(as<arrow::Int64Builder>(builder).Append(value.get<std::int64_t>()));
    case arrow::Type::DOUBLE: return check(as<arrow::DoubleBuilder>(builder).Append(value.get<double>()));
    case arrow::Type::BOOL: return check(as<arrow::BooleanBuilder>(builder).Append(value.get<bool>()));
    case arrow::Type::LIST: return append_chat(value, as<arrow::ListBuilder>(builder));
    default: return append_map(value, as<arrow::MapBuilder>(builder));
  }
}

/// zstd, unless this Arrow was built without.
arrow::Compression::type compression() {
  for (const auto type : {arrow::Compression::ZSTD, arrow::Compression::SNAPPY}) {
    if (arrow::util::Codec::IsAvailable(type)) return type;
  }
  return arrow::Compression::UNCOMPRESSED;
}

class TableWriter {
 public:
  TableWriter(const Json& columns, int to) {
    std::vector<std::shared_ptr<arrow::Field>> fields;
    for (const auto& [name, type] : columns.items()) {
      fields.push_back(arrow::field(name, type_named(type.get<std::string>())));
      builders_.push_back(taken(arrow::MakeBuilder(fields.back()->type())));
    }
    schema_ = arrow::schema(std::move(fields));
    file_ = taken(arrow::io::FileOutputStream::Open(to));
    const auto properties = parquet::WriterProperties::Builder().compression(compression())->build();
    writer_ = taken(parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(), file_, properties));
  }

  void add(const std::string& line) {
    const Json row = Json::parse(line);
    std::size_t known = 0;
    for (int i = 0; i < schema_->num_fields(); ++i) {
      arrow::ArrayBuilder& builder = *builders_[static_cast<std::size_t>(i)];
      const auto value = row.find(schema_->field(i)->name());
      known += value != row.end() ? 1 : 0;
      if (value == row.end() || value->is_null()) {
        check(builder.AppendNull());
      } else {
        append_value(*value, builder);
      }
    }
    if (known != row.size()) throw Failure("expected the columns of the first line only, came others: " + line);
    bytes_ += line.size();
    if (++rows_ == kMostRows || bytes_ >= kMostBytes) flush();
  }

  void finish() {
    flush();
    check(writer_->Close());
    check(file_->Close());
  }

 private:
  void flush() {
    if (rows_ == 0) return;
    std::vector<std::shared_ptr<arrow::Array>> columns;
    for (const auto& builder : builders_) columns.push_back(taken(builder->Finish()));
    check(writer_->WriteTable(*arrow::Table::Make(schema_, columns, rows_), rows_));
    rows_ = 0;
    bytes_ = 0;
  }

  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders_;
  std::shared_ptr<arrow::io::FileOutputStream> file_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::int64_t rows_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

void write_table(std::istream& from, int to) {
  std::string line;
  if (!std::getline(from, line)) throw Failure("expected a line that names the columns, came nothing");
  TableWriter writer(Json::parse(line), to);
  while (std::getline(from, line)) writer.add(line);
  writer.finish();
}

}  // namespace assay::columnar

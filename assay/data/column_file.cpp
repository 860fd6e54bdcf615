// Read by Arrow C++, where this Assay was built with it.
#include "assay/data/column_file.h"

#include <fmt/format.h>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/file_list.h"

#ifdef ASSAY_ARROW
#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/ipc/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/properties.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "assay/data/field_values.h"
#endif

namespace assay::data {

ColumnFileKind column_file_kind(const std::string& path) {
  constexpr std::size_t kMagic = 8;
  const std::string start = file_start(path, kMagic);
  if (start.starts_with("PAR1")) return ColumnFileKind::parquet;
  // A file, or a stream: the mark of a message, and its length, which is no more than some megabytes.
  if (start.starts_with("ARROW1")) return ColumnFileKind::arrow;
  const bool stream = start.size() == kMagic && start.starts_with("\xFF\xFF\xFF\xFF") && start[7] == 0;
  return stream ? ColumnFileKind::arrow : ColumnFileKind::none;
}

#ifdef ASSAY_ARROW

namespace {

constexpr std::int64_t kBatchRows = 1024;

[[noreturn]] void reject_file(const std::string& path, const std::string& why) {
  throw DataError({path, 0}, "expected a parquet or Arrow file, came one that can't be read: " + escaped(why));
}

template <typename T>
T value_or_reject(arrow::Result<T> result, const std::string& path) {
  if (!result.ok()) reject_file(path, result.status().message());
  return *std::move(result);
}

void append_cell(const arrow::Array& column, std::int64_t row, std::string& to);

template <typename List>
void append_list(const List& column, std::int64_t row, std::string& to) {
  const std::shared_ptr<arrow::Array> values = column.value_slice(row);
  to += '[';
  for (std::int64_t i = 0; i < values->length(); ++i) {
    if (i > 0) to += ", ";
    append_cell(*values, i, to);
  }
  to += ']';
}

void append_struct(const arrow::StructArray& column, std::int64_t row, std::string& to) {
  to += '{';
  bool first = true;
  for (int i = 0; i < column.num_fields(); ++i) {
    const std::shared_ptr<arrow::Array> part = column.field(i);
    if (part->IsNull(row)) continue;  // every row of a table has all fields of all rows
    if (!first) to += ", ";
    first = false;
    append_json_string(column.struct_type()->field(i)->name(), to);
    to += ": ";
    append_cell(*part, row, to);
  }
  to += '}';
}

template <typename Number>
void append_number(const arrow::Array& column, std::int64_t row, std::string& to) {
  const auto value = static_cast<const Number&>(column).Value(row);
  if constexpr (std::is_floating_point_v<decltype(value)>) {
    to += std::isfinite(value) ? fmt::format("{}", value) : std::isnan(value) ? "null" : "\"infinite\"";
  } else {
    to += fmt::format("{}", value);
  }
}

void append_cell(const arrow::Array& column, std::int64_t row, std::string& to) {
  if (column.IsNull(row)) {
    to += "null";
    return;
  }
  switch (column.type_id()) {
    case arrow::Type::BOOL:
      to += static_cast<const arrow::BooleanArray&>(column).Value(row) ? "true" : "false";
      break;
    case arrow::Type::INT8: append_number<arrow::Int8Array>(column, row, to); break;
    case arrow::Type::INT16: append_number<arrow::Int16Array>(column, row, to); break;
    case arrow::Type::INT32: append_number<arrow::Int32Array>(column, row, to); break;
    case arrow::Type::INT64: append_number<arrow::Int64Array>(column, row, to); break;
    case arrow::Type::UINT8: append_number<arrow::UInt8Array>(column, row, to); break;
    case arrow::Type::UINT16: append_number<arrow::UInt16Array>(column, row, to); break;
    case arrow::Type::UINT32: append_number<arrow::UInt32Array>(column, row, to); break;
    case arrow::Type::UINT64: append_number<arrow::UInt64Array>(column, row, to); break;
    case arrow::Type::FLOAT: append_number<arrow::FloatArray>(column, row, to); break;
    case arrow::Type::DOUBLE: append_number<arrow::DoubleArray>(column, row, to); break;
    case arrow::Type::STRING:
      append_json_string(static_cast<const arrow::StringArray&>(column).GetView(row), to);
      break;
    case arrow::Type::LARGE_STRING:
      append_json_string(static_cast<const arrow::LargeStringArray&>(column).GetView(row), to);
      break;
    case arrow::Type::STRING_VIEW:
      append_json_string(static_cast<const arrow::StringViewArray&>(column).GetView(row), to);
      break;
    case arrow::Type::LIST: append_list(static_cast<const arrow::ListArray&>(column), row, to); break;
    case arrow::Type::LARGE_LIST: append_list(static_cast<const arrow::LargeListArray&>(column), row, to); break;
    case arrow::Type::FIXED_SIZE_LIST:
      append_list(static_cast<const arrow::FixedSizeListArray&>(column), row, to);
      break;
    case arrow::Type::STRUCT: append_struct(static_cast<const arrow::StructArray&>(column), row, to); break;
    case arrow::Type::DICTIONARY: {
      const auto& words = static_cast<const arrow::DictionaryArray&>(column);
      append_cell(*words.dictionary(), words.GetValueIndex(row), to);
      break;
    }
    default: {  // decimals, times, bytes
      const auto scalar = column.GetScalar(row);
      append_json_string(scalar.ok() ? (*scalar)->ToString() : column.type()->ToString(), to);
    }
  }
}

/// pandas writes "nothing" as NaN in columns of numbers.
bool is_nothing(const arrow::Array& column, std::int64_t row) {
  if (column.IsNull(row)) return true;
  if (column.type_id() == arrow::Type::DOUBLE) {
    return std::isnan(static_cast<const arrow::DoubleArray&>(column).Value(row));
  }
  if (column.type_id() == arrow::Type::FLOAT) {
    return std::isnan(static_cast<const arrow::FloatArray&>(column).Value(row));
  }
  return column.type_id() == arrow::Type::NA;
}

/// Batches of some columns of a file, one after the other.
class Batches {
 public:
  virtual ~Batches() = default;
  /// Null at the end.
  virtual std::shared_ptr<arrow::RecordBatch> next() = 0;
};

class RowLines : public ByteSource {
 public:
  RowLines(std::string path, std::unique_ptr<Batches> batches, std::string key, bool nulls)
      : path_(std::move(path)), batches_(std::move(batches)), key_(std::move(key)), nulls_(nulls) {}

  std::string_view path() const override { return path_; }
  std::string_view fault() const override { return {}; }

  std::size_t read(char* to, std::size_t size) override {
    while (at_ == text_.size()) {
      if (!fill()) return 0;
    }
    const std::size_t count = std::min(size, text_.size() - at_);
    text_.copy(to, count, at_);
    at_ += count;
    return count;
  }

  /// Reads on until there is a row; false if there is none.
  bool has_rows() {
    while (!any_) {
      if (!more()) return false;
    }
    return true;
  }

 private:
  bool fill() {
    text_.clear();
    at_ = 0;
    return more();
  }

  /// Appends the lines of the next batch.
  bool more() {
    const std::shared_ptr<arrow::RecordBatch> batch = batches_->next();
    if (batch == nullptr) return false;
    const std::shared_ptr<arrow::Array> keys = batch->GetColumnByName(key_);
    if (keys == nullptr) reject_file(path_, "a batch without the column " + quoted(key_));
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      const bool nothing = is_nothing(*keys, row);
      if (!nothing || nulls_) append_row(*batch, row, nothing);
      text_ += '\n';
    }
    return true;
  }

  void append_row(const arrow::RecordBatch& batch, std::int64_t row, bool null_key) {
    any_ = true;
    text_ += '{';
    append_json_string(key_, text_);
    text_ += ": ";
    if (null_key) text_ += "null";
    if (!null_key) append_cell(*batch.GetColumnByName(key_), row, text_);
    for (int i = 0; i < batch.num_columns(); ++i) {
      const std::string& name = batch.column_name(i);
      if (name == key_ || is_nothing(*batch.column(i), row)) continue;
      text_ += ", ";
      append_json_string(name, text_);
      text_ += ": ";
      append_cell(*batch.column(i), row, text_);
    }
    text_ += '}';
  }

  std::string path_;
  std::unique_ptr<Batches> batches_;
  std::string key_;
  bool nulls_;
  bool any_ = false;
  std::string text_;
  std::size_t at_ = 0;
};

std::vector<std::string> names_in(const arrow::Schema& schema, const std::string& path) {
  std::vector<std::string> names;
  for (const auto& field : schema.fields()) {
    if (std::find(names.begin(), names.end(), field->name()) != names.end()) {
      reject_file(path, "two columns called " + quoted(field->name()));
    }
    names.push_back(field->name());
  }
  return names;
}

class TableBase : public ColumnFile {
 public:
  explicit TableBase(std::string path) : path_(std::move(path)) {}

  std::span<const std::string> columns() const override { return names_; }

  std::unique_ptr<ByteSource> rows(std::string_view key, std::span<const std::string_view> others,
                                   bool nulls) const override {
    std::vector<int> fields;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const bool other = std::find(others.begin(), others.end(), names_[i]) != others.end();
      if (other || names_[i] == key) fields.push_back(static_cast<int>(i));
    }
    auto lines = std::make_unique<RowLines>(path_, batches(fields), std::string(key), nulls);
    if (!lines->has_rows()) return nullptr;
    return lines;
  }

 protected:
  virtual std::unique_ptr<Batches> batches(const std::vector<int>& fields) const = 0;
  std::shared_ptr<arrow::io::ReadableFile> open() const {
    return value_or_reject(arrow::io::ReadableFile::Open(path_), path_);
  }

  std::string path_;
  std::vector<std::string> names_;
};

/// What parquet throws becomes a DataError.
template <typename Body>
auto guarded_parquet(const std::string& path, const Body& body) -> decltype(body()) {
  try {
    return body();
  } catch (const parquet::ParquetException& error) {
    reject_file(path, error.what());
  }
}

class ParquetBatches : public Batches {
 public:
  ParquetBatches(const std::string& path, std::shared_ptr<arrow::io::ReadableFile> file,
                 const std::vector<int>& fields)
      : path_(path) {
    guarded_parquet(path_, [&] {
      parquet::ReaderProperties properties;
      properties.enable_buffered_stream();  // pages rather than whole columns in memory
      parquet::ArrowReaderProperties arrow_properties(/*use_threads=*/false);
      arrow_properties.set_batch_size(kBatchRows);
      arrow_properties.set_pre_buffer(false);
      parquet::arrow::FileReaderBuilder builder;
      const arrow::Status opened = builder.Open(std::move(file), properties);
      if (!opened.ok()) reject_file(path_, opened.message());
      reader_ = value_or_reject(builder.properties(arrow_properties)->Build(), path_);
      std::vector<int> groups(static_cast<std::size_t>(reader_->num_row_groups()));
      for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = static_cast<int>(i);
      batches_ = value_or_reject(reader_->GetRecordBatchReader(groups, leaves(fields)), path_);
    });
  }

  std::shared_ptr<arrow::RecordBatch> next() override {
    return guarded_parquet(path_, [&] { return value_or_reject(batches_->Next(), path_); });
  }

 private:
  /// Columns of parquet are the leaves of nested fields.
  std::vector<int> leaves(const std::vector<int>& fields) const {
    const parquet::SchemaDescriptor& schema = *reader_->parquet_reader()->metadata()->schema();
    std::vector<int> found;
    for (int i = 0; i < schema.num_columns(); ++i) {
      const int field = schema.group_node()->FieldIndex(*schema.GetColumnRoot(i));
      if (std::find(fields.begin(), fields.end(), field) != fields.end()) found.push_back(i);
    }
    return found;
  }

  std::string path_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::shared_ptr<arrow::RecordBatchReader> batches_;
};

class ParquetTable : public TableBase {
 public:
  explicit ParquetTable(std::string path) : TableBase(std::move(path)) {
    guarded_parquet(path_, [&] {
      const auto reader = value_or_reject(parquet::arrow::OpenFile(open(), arrow::default_memory_pool()), path_);
      std::shared_ptr<arrow::Schema> schema;
      const arrow::Status got = reader->GetSchema(&schema);
      if (!got.ok()) reject_file(path_, got.message());
      names_ = names_in(*schema, path_);
    });
  }

 private:
  std::unique_ptr<Batches> batches(const std::vector<int>& fields) const override {
    return std::make_unique<ParquetBatches>(path_, open(), fields);
  }
};

/// Of a file or a stream of Arrow's, whichever opens.
class ArrowBatches : public Batches {
 public:
  ArrowBatches(const std::string& path, std::shared_ptr<arrow::io::ReadableFile> file, bool stream,
               const std::vector<int>& fields)
      : path_(path) {
    arrow::ipc::IpcReadOptions options = arrow::ipc::IpcReadOptions::Defaults();
    options.included_fields = fields;
    options.use_threads = false;
    if (stream) {
      stream_ = value_or_reject(arrow::ipc::RecordBatchStreamReader::Open(std::move(file), options), path_);
    } else {
      file_ = value_or_reject(arrow::ipc::RecordBatchFileReader::Open(std::move(file), options), path_);
    }
  }

  const arrow::Schema& schema() const { return stream_ ? *stream_->schema() : *file_->schema(); }

  std::shared_ptr<arrow::RecordBatch> next() override {
    std::shared_ptr<arrow::RecordBatch> batch;
    if (stream_) {
      batch = value_or_reject(stream_->Next(), path_);
    } else if (at_ < file_->num_record_batches()) {
      batch = value_or_reject(file_->ReadRecordBatch(at_++), path_);
    }
    if (batch != nullptr) {
      const arrow::Status valid = batch->ValidateFull();  // offsets of a stranger
      if (!valid.ok()) reject_file(path_, valid.message());
    }
    return batch;
  }

 private:
  std::string path_;
  std::shared_ptr<arrow::ipc::RecordBatchStreamReader> stream_;
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> file_;
  int at_ = 0;
};

class ArrowTable : public TableBase {
 public:
  explicit ArrowTable(std::string path)
      : TableBase(std::move(path)), stream_(!file_start(path_, 6).starts_with("ARROW1")) {
    names_ = names_in(ArrowBatches(path_, open(), stream_, {}).schema(), path_);
  }

 private:
  std::unique_ptr<Batches> batches(const std::vector<int>& fields) const override {
    return std::make_unique<ArrowBatches>(path_, open(), stream_, fields);
  }

  bool stream_;
};

}  // namespace

bool reads_column_files() { return true; }

std::unique_ptr<ColumnFile> open_column_file(const std::string& path) {
  switch (column_file_kind(path)) {
    case ColumnFileKind::parquet: return std::make_unique<ParquetTable>(path);
    case ColumnFileKind::arrow: return std::make_unique<ArrowTable>(path);
    case ColumnFileKind::none: break;
  }
  throw DataError({path, 0}, "expected a parquet or Arrow file, came one that does not start as these do");
}

#else

bool reads_column_files() { return false; }

std::unique_ptr<ColumnFile> open_column_file(const std::string& path) {
  throw InvalidArgument(
      escaped(path) +
      ": this build reads no parquet and no Arrow files; write the table as jsonl or csv, or build "
      "Assay with Arrow C++ (docs/reference/formats.md, \"parquet and arrow\")");
}

#endif

}  // namespace assay::data

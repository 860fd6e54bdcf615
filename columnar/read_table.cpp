#include "columnar/read_table.h"

#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "columnar/failure.h"
#include "columnar/json_cells.h"

namespace assay::columnar {
namespace {

constexpr std::int64_t kRows = 256;  // at a time
constexpr std::int64_t kMostMemory = std::int64_t{1} << 30U;
constexpr std::size_t kWrittenAtOnce = std::size_t{256} << 10U;

/// A text as a field of csv.
void append_field(std::string_view text, std::string& to) {
  if (!text.empty() && text.find_first_of(",;\t\"\r\n") == std::string_view::npos) {
    to += text;
    return;
  }
  to += '"';
  for (const char c : text) to.append(c == '"' ? 2 : 1, c);
  to += '"';
}

/// Rows on their way out.
class Rows {
 public:
  Rows(RowFormat format, int to) : format_(format), to_(to) {}

  /// Comes first.
  void set_columns(const arrow::Schema& schema) {
    std::set<std::string> seen;
    for (const std::shared_ptr<arrow::Field>& field : schema.fields()) {
      const std::string& name = field->name();
      std::string& key = keys_.emplace_back();
      append_json_text(name, key);
      if (!seen.insert(name).second) throw Failure("two columns called " + key);
      text_ += seen.size() > 1 ? "," : format_ == RowFormat::json ? "{" : "";
      if (format_ == RowFormat::json) {
        const arrow::Type::type type = field->type()->id();
        const bool number = arrow::is_numeric(type) || arrow::is_decimal(type) || type == arrow::Type::BOOL;
        text_ += key + (number ? ":0" : ":null");
      } else {
        append_field(name, text_);
      }
      key += ':';
    }
    if (keys_.empty()) throw Failure("a table without columns");
    text_ += format_ == RowFormat::json ? "}\n" : "\n";
  }

  void write(const arrow::RecordBatch& batch) {
    Columns columns;
    for (const std::shared_ptr<arrow::Array>& column : batch.columns()) columns.push_back(json_cells(column));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      if (format_ == RowFormat::json) {
        append_object(columns, row);
      } else {
        append_fields(columns, row);
      }
      text_ += '\n';
      if (text_.size() >= kWrittenAtOnce) flush();
    }
  }

  void flush() {
    std::string_view rest = text_;
    while (!rest.empty()) {
      const ssize_t count = ::write(to_, rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw Failure(std::string("the rows can't be written: ") + std::strerror(errno));
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
    text_.clear();
  }

 private:
  using Columns = std::vector<std::unique_ptr<JsonCells>>;

  void append_object(const Columns& columns, std::int64_t row) {
    text_ += '{';
    bool first = true;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i]->is_null(row)) continue;
      if (!std::exchange(first, false)) text_ += ',';
      text_ += keys_[i];
      columns[i]->append(row, text_);
    }
    text_ += '}';
  }

  void append_fields(const Columns& columns, std::int64_t row) {
    std::string field;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) text_ += ',';
      if (columns[i]->is_null(row)) continue;
      field.clear();
      columns[i]->append_plain(row, field);
      append_field(field, text_);
    }
  }

  RowFormat format_;
  int to_;
  std::string text_;
  std::vector<std::string> keys_;
};

/// A file whose reading is told by the position of its descriptor.
class Progress {
 public:
  Progress(int file, std::int64_t size, std::int64_t parts) : file_(file), size_(size), parts_(parts) {}
  void done(std::int64_t parts) {
    done_ += parts;
    const double share = parts_ > 0 ? static_cast<double>(done_) / static_cast<double>(parts_) : 1;
    lseek(file_, static_cast<off_t>(share * static_cast<double>(size_)), SEEK_SET);
  }

 private:
  int file_;
  std::int64_t size_;
  std::int64_t parts_;
  std::int64_t done_ = 0;
};

using File = std::shared_ptr<arrow::io::ReadableFile>;

void read_parquet(const File& file, arrow::MemoryPool& pool, Rows& rows) {
  parquet::ReaderProperties properties(&pool);
  properties.enable_buffered_stream();  // else a column of a row group is read as a whole
  parquet::ArrowReaderProperties arrow_properties(/*use_threads=*/false);
  arrow_properties.set_batch_size(kRows);
  arrow_properties.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  check(builder.Open(file, properties));
  builder.memory_pool(&pool)->properties(arrow_properties);
  const std::unique_ptr<parquet::arrow::FileReader> reader = taken(builder.Build());
  const std::unique_ptr<arrow::RecordBatchReader> batches = taken(reader->GetRecordBatchReader());
  rows.set_columns(*batches->schema());
  Progress progress(file->file_descriptor(), taken(file->GetSize()),
                    reader->parquet_reader()->metadata()->num_rows());
  while (const std::shared_ptr<arrow::RecordBatch> batch = taken(batches->Next())) {
    rows.write(*batch);
    progress.done(batch->num_rows());
  }
}

arrow::ipc::IpcReadOptions arrow_options(arrow::MemoryPool& pool) {
  arrow::ipc::IpcReadOptions options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = &pool;
  options.use_threads = false;
  return options;
}

/// Offsets and indices in the file may point anywhere.
void write_checked(const arrow::RecordBatch& batch, Rows& rows) {
  check(batch.ValidateFull());
  for (std::int64_t at = 0; at < batch.num_rows(); at += kRows) rows.write(*batch.Slice(at, kRows));
}

void read_arrow_file(const File& file, arrow::MemoryPool& pool, Rows& rows) {
  const auto reader = taken(arrow::ipc::RecordBatchFileReader::Open(file, arrow_options(pool)));
  rows.set_columns(*reader->schema());
  Progress progress(file->file_descriptor(), taken(file->GetSize()), reader->num_record_batches());
  for (int i = 0; i < reader->num_record_batches(); ++i) {
    write_checked(*taken(reader->ReadRecordBatch(i)), rows);
    progress.done(1);
  }
}

void read_arrow_stream(const File& file, arrow::MemoryPool& pool, Rows& rows) {
  const auto reader = taken(arrow::ipc::RecordBatchStreamReader::Open(file, arrow_options(pool)));
  rows.set_columns(*reader->schema());
  while (const std::shared_ptr<arrow::RecordBatch> batch = taken(reader->Next())) write_checked(*batch, rows);
}

}  // namespace

void read_table(int from, RowFormat format, int to) {
  // The system's: it makes a block larger without a copy, where others write all of it anew.
  arrow::CappedMemoryPool pool(arrow::system_memory_pool(), kMostMemory);
  const File file = taken(arrow::io::ReadableFile::Open(from, &pool));
  std::array<char, 6> start{};
  const ssize_t count = pread(from, start.data(), start.size(), 0);
  const std::string_view first(start.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  Rows rows(format, to);
  if (first.starts_with("PAR1")) {
    read_parquet(file, pool, rows);
  } else if (first == "ARROW1") {
    read_arrow_file(file, pool, rows);
  } else {
    read_arrow_stream(file, pool, rows);
  }
  rows.flush();
}

}  // namespace assay::columnar

#include "assay/data/columnar_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/json_reader.h"
#include "assay/file/filter_process.h"

namespace assay::data {
namespace {

constexpr std::string_view kParquet = "PAR1";
constexpr std::string_view kArrowFile = "ARROW1";
constexpr std::string_view kArrowStream = "\xFF\xFF\xFF\xFF";

std::string first_bytes(std::istream& file, std::size_t size) {
  std::string bytes(size, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

/// Both kinds of files end as they begin; a stream may end anywhere.
bool ends_early(const std::string& path, std::size_t& size) {
  std::ifstream file(path, std::ios::binary);
  const std::string first = first_bytes(file, kArrowFile.size());
  file.seekg(0, std::ios::end);
  size = static_cast<std::size_t>(std::max<std::streamoff>(file.tellg(), 0));
  for (const std::string_view magic : {kParquet, kArrowFile}) {
    if (!first.starts_with(magic)) continue;
    file.seekg(-static_cast<std::streamoff>(magic.size()), std::ios::end);
    return size < 2 * magic.size() || first_bytes(file, magic.size()) != magic;
  }
  return false;
}

class ProgramSource final : public ColumnarSource {
 public:
  ProgramSource(const std::string& path, ReadMeter* meter, ColumnarRows rows)
      : path_(path), kind_(columnar_kind(path)), meter_(meter) {
    if (ends_early(path, size_)) {
      ended_ = true;
      fault_ = fmt::format("{} {} file that ends early", kind_ == "Arrow" ? "an" : "a", kind_);
      return;
    }
    try {
      rows_ = std::make_unique<file::FilterProcess>(columnar_program(rows == ColumnarRows::csv ? "csv" : "read"),
                                                    file::FilterProcess::Ours::output, path);
    } catch (const file::NoProgram&) {
      reject_without_arrow(path, "write the table as JSON lines, as by df.to_json(orient=\"records\", lines=True)");
    }
    if (rows == ColumnarRows::json) read_columns();
  }

  std::string_view path() const override { return path_; }
  std::string_view fault() const override { return fault_; }
  std::span<const std::string> columns() const override { return columns_; }
  bool is_number(std::size_t column) const override { return numbers_[column]; }

  std::size_t read(char* to, std::size_t size) override {
    if (!ahead_.empty()) {
      const std::size_t count = ahead_.copy(to, size);
      ahead_.erase(0, count);
      return count;
    }
    if (ended_) return 0;
    const std::size_t count = rows_->read(to, size);
    empty_ = empty_ && count == 0;
    if (count == 0) end();
    advance();
    return count;
  }

 private:
  /// The first line. What was read behind it is kept.
  void read_columns() {
    constexpr std::size_t kAtATime = std::size_t{64} << 10U;
    std::string text;
    std::size_t end = std::string::npos;
    while ((end = text.find('\n')) == std::string::npos) {
      const std::size_t before = text.size();
      text.resize(before + kAtATime);
      const std::size_t count = rows_->read(text.data() + before, kAtATime);
      text.resize(before + count);
      if (count == 0) return this->end();
    }
    read_json_lines(*memory_source(path_, text.substr(0, end)), [&](const JsonValue& all) {
      for (const JsonValue column : all.parts()) {
        columns_.emplace_back(column.key());
        numbers_.push_back(column.kind() == JsonKind::number);
      }
    });
    ahead_ = text.substr(end + 1);
    empty_ = ahead_.empty();
  }

  void end() {
    ended_ = true;
    const std::string why = rows_->finish();
    if (!why.empty())
      fault_ = fmt::format("{} {} file that can't be read ({})", kind_ == "Arrow" ? "an" : "a", kind_, why);
    if (why.empty() && empty_) fault_ = "a table without rows";
  }

  void advance() {
    const std::size_t at = ended_ ? size_ : std::min(rows_->position(), size_);
    if (meter_ == nullptr || at <= told_) return;
    meter_->add(at - told_);
    told_ = at;
  }

  std::string path_;
  std::string_view kind_;
  ReadMeter* meter_;
  std::unique_ptr<file::FilterProcess> rows_;
  std::vector<std::string> columns_;
  std::vector<bool> numbers_;  ///< By column.
  std::string ahead_;          ///< Read, and not given out.
  std::size_t size_ = 0;       ///< Of the file.
  std::size_t told_ = 0;       ///< To `meter_`.
  bool ended_ = false;
  bool empty_ = true;
  std::string fault_;
};

}  // namespace

std::string_view columnar_kind(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string first = first_bytes(file, kArrowFile.size());
  if (first.starts_with(kParquet)) return "Parquet";
  return first == kArrowFile || first.starts_with(kArrowStream) ? "Arrow" : "";
}

std::unique_ptr<ColumnarSource> open_columnar(const std::string& path, ReadMeter* meter, ColumnarRows rows) {
  return std::make_unique<ProgramSource>(path, meter, rows);
}

std::vector<std::string> columnar_program(std::string_view task) { return {"assay-arrow", std::string(task)}; }

void reject_without_arrow(const std::string& path, std::string_view instead) {
  throw Error(
      fmt::format("{}: Parquet and Arrow files need the program assay-arrow, which is neither beside this one nor "
                  "on the PATH; build Assay with Arrow (./dev arrow, or -DASSAY_ARROW_ROOT=FOLDER), or {}",
                  escaped(path), instead));
}

}  // namespace assay::data

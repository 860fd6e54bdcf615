#include "assay/exports/parquet.h"

#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/columnar_source.h"
#include "assay/exports/output_file.h"
#include "assay/exports/record_lines.h"
#include "assay/file/filter_process.h"

namespace assay::exports {
namespace {

using report::Json;

constexpr std::pair<const char*, const char*> kColumns[] = {
    {"record", "string"},     {"query", "string"},     {"task", "string"},     {"turn", "int32"},
    {"prompt", "string"},     {"reference", "string"}, {"options", "int32"},   {"weights", "map"},
    {"model", "string"},      {"response", "string"},  {"tokens_in", "int64"}, {"tokens_out", "int64"},
    {"cost", "double"},       {"seconds", "double"},   {"label", "string"},    {"judge", "string"},
    {"opponent", "string"},   {"verdict", "double"},   {"repeat", "int32"},    {"score", "double"},
    {"parameters", "double"}, {"price", "double"},     {"provider", "string"}, {"lower_is_better", "bool"},
    {"least", "double"},      {"most", "double"},      {"baseline", "string"}, {"messages", "chat"}};

class ParquetWriter final : public RecordLines {
 public:
  explicit ParquetWriter(const std::string& path) : path_(path), file_(path) {
    try {
      rows_ = std::make_unique<file::FilterProcess>(data::columnar_program("write"),
                                                    file::FilterProcess::Ours::input, file_.part());
    } catch (const file::NoProgram&) {
      data::reject_without_arrow(path, "export as jsonl, which pandas and polars read, too");
    }
    Json columns = Json::object();
    for (const auto& [name, type] : kColumns) columns.set(name, type);
    write(columns);
  }

  void finish() override {
    end();
    file_.finish();
  }

 private:
  void put(std::string_view record, Json line) override {
    line.set("record", record);
    write(line);
  }

  void write(const Json& line) {
    if (!rows_->write(line.compact() + "\n")) end();
  }

  void end() {
    const std::string why = rows_->finish();
    if (!why.empty()) throw Error(escaped(path_) + ": can't be written: " + why);
  }

  std::string path_;
  OutputFile file_;
  std::unique_ptr<file::FilterProcess> rows_;
};

}  // namespace

std::unique_ptr<Writer> make_parquet_writer(const std::string& path) {
  return std::make_unique<ParquetWriter>(path);
}

}  // namespace assay::exports

#include "assay/exports/jsonl.h"

#include "assay/exports/output_file.h"
#include "assay/exports/record_lines.h"

namespace assay::exports {
namespace {

class JsonlWriter final : public RecordLines {
 public:
  explicit JsonlWriter(const std::string& path) : file_(path) {}

  void finish() override { file_.finish(); }

 private:
  void put(std::string_view /*record*/, report::Json line) override { file_.write(line.compact() + "\n"); }

  OutputFile file_;
};

}  // namespace

std::unique_ptr<Writer> make_jsonl_writer(const std::string& path) { return std::make_unique<JsonlWriter>(path); }

}  // namespace assay::exports

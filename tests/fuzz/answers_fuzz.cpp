#include "assay/data/csv.h"
#include "assay/data/jsonl.h"
#include "tests/fuzz/discarding_sink.h"

// Rows of one's own, of a model that the file does not name: JSON or a table, as its first character says.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  DiscardingSink sink;
  data::FormatOptions options;
  options.model = "m";
  data::OwnRowWriter writer(options, sink);
  const std::string_view text = fuzzed(data, size);
  try {
    const auto source = data::memory_source("fuzz", text);
    if (text.starts_with('{') || text.starts_with('[')) {
      data::read_jsonl_file(*source, text.front(), writer);
    } else {
      data::read_csv_table(*source, writer);
    }
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

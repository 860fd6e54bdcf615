#include "assay/data/every_eval_ever_rows.h"
#include "tests/fuzz/discarding_sink.h"

// The first byte tells which kind of file the others are: an aggregate, samples without one, or samples of one.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const std::string_view text = fuzzed(data, size).substr(1);
  DiscardingSink sink;
  const data::FormatOptions options;
  data::EveryEvalAggregate aggregate;
  aggregate.library = "lm_eval";
  aggregate.metrics = {{"acc", "c", false, 0, 1}, {"time", "c", true, 0, 1}};
  try {
    const auto source = data::memory_source("fuzz", text);
    if (data[0] % 3 == 0) {
      data::read_every_eval_aggregate(*source);
    } else {
      data::EveryEvalRows(options, sink).read(*source, data[0] % 3 == 2 ? &aggregate : nullptr);
    }
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

#include "assay/data/lm_eval_results.h"
#include "assay/data/lm_eval_samples.h"
#include "tests/fuzz/discarding_sink.h"

// The first byte tells which kind of file the others are: results, samples a line each, or an array of samples.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const std::string_view text = fuzzed(data, size).substr(1);
  DiscardingSink sink;
  const data::FormatOptions options;
  data::LmEvalTask task;
  task.filters = {"strict", "loose"};
  task.lower_is_better = {{"em", false}, {"ppl", true}};
  try {
    const auto source = data::memory_source("fuzz", text);
    if (data[0] % 3 == 0) {
      data::read_lm_eval_results(*source);
    } else {
      data::LmEvalSamples(options, sink).read(*source, data[0] % 3 == 2, {"task", "model", &task, true});
    }
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

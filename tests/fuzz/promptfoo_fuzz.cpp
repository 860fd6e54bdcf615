#include "assay/data/promptfoo.h"
#include "tests/fuzz/discarding_sink.h"

// The first byte tells whether the others are one document or rows.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const std::string_view text = fuzzed(data, size).substr(1);
  const char* const path = data[0] % 2 == 0 ? "output.json" : "output.jsonl";
  DiscardingSink sink;
  try {
    data::PromptfooEvals evals;
    evals.add(*data::memory_source(path, text), "fuzz");
    evals.settle({}, sink);
    data::PromptfooReader(evals, {}, sink).read(*data::memory_source(path, text), 0);
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

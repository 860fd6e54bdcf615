#include "assay/data/deepeval.h"
#include "tests/fuzz/discarding_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  DiscardingSink sink;
  try {
    data::DeepevalRuns runs;
    runs.add(*data::memory_source("fuzz", fuzzed(data, size)), "fuzz");
    runs.settle({});
    runs.read(*data::memory_source("fuzz", fuzzed(data, size)), 0, {}, sink);
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

#include "assay/data/alpaca_eval.h"
#include "tests/fuzz/discarding_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  DiscardingSink sink;
  try {
    data::AlpacaEvalReader(sink).read(*data::memory_source("fuzz", fuzzed(data, size)), "model", "judge");
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

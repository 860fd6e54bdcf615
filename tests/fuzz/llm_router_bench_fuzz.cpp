#include "assay/data/llm_router_bench.h"
#include "tests/fuzz/discarding_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  DiscardingSink sink;
  std::vector<char> buffer;
  std::set<std::string> known;
  try {
    data::read_llm_router_run(*data::memory_source("fuzz", fuzzed(data, size)), buffer, true, {}, known, sink);
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

#include "assay/data/router_arena.h"
#include "tests/fuzz/discarding_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  DiscardingSink sink;
  const data::FormatOptions options;
  data::RouterArenaReader reader(options, sink);
  try {
    reader.read(*data::memory_source("fuzz", fuzzed(data, size)));
    reader.tell_failed();
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

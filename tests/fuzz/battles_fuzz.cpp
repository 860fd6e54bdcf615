#include "assay/data/battles.h"
#include "tests/fuzz/discarding_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  const std::string_view text = fuzzed(data, size);
  DiscardingSink sink;
  try {
    const char begin = data::first_character(*data::memory_source("fuzz", text));
    data::read_battle_file(*data::memory_source("fuzz", text), begin, {}, sink);
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

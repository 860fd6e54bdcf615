#include <string_view>

#include "assay/core/error.h"
#include "assay/data/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  try {
    assay::data::parse_npy("fuzz", {reinterpret_cast<const char*>(data), size});
  } catch (const assay::Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

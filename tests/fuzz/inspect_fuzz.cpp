#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "assay/data/inspect.h"
#include "tests/fuzz/discarding_sink.h"

// A log is told apart by content, a zip file or JSON, and is looked into more than once: it must be a file.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("inspect_fuzz_" + std::to_string(getpid()))).string();
  {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << fuzzed(data, size);
  }
  DiscardingSink sink;
  try {
    const std::vector<std::string> paths = {path};
    data::read_inspect(paths, {}, sink, {});
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  std::filesystem::remove(path);
  return 0;
}

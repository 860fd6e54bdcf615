#include <cstdlib>
#include <sstream>
#include <string>

#include "assay/data/zip_archive.h"
#include "tests/fuzz/discarding_sink.h"

// No member may unpack to more than the directory says without a fault.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  constexpr std::size_t kMost = std::size_t{1} << 20U;
  try {
    data::ZipArchive archive("fuzz", std::make_unique<std::istringstream>(std::string(fuzzed(data, size))),
                             nullptr);
    std::string buffer(4096, '\0');
    for (const data::ZipArchive::Member& member : archive.members()) {
      if (member.packed_size > size) std::abort();
      const auto source = archive.open(member);
      std::size_t total = 0;
      while (total < kMost) {
        const std::size_t count = source->read(buffer.data(), buffer.size());
        if (count == 0) break;
        total += count;
      }
      if (total > member.size && source->fault().empty()) std::abort();
    }
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

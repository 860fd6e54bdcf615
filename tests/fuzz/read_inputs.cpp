// Stands in for libFuzzer in the ordinary tests: reads the seeds of a fuzz target as they are, cut off and with
// bytes changed, and bytes at random; always the same ones. Ends by a crash, or a sanitizer, or well.
//
//   read_NAME [FOLDER]

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "assay/core/rng.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

namespace {

constexpr std::size_t kCuts = 50;
constexpr std::size_t kChanged = 500;
constexpr std::size_t kRandom = 500;
constexpr std::size_t kLongest = 300;

std::size_t inputs = 0;

void read(const std::string& bytes) {
  ++inputs;
  LLVMFuzzerTestOneInput(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

char any_byte(assay::Rng& rng) { return static_cast<char>(rng.below(256)); }

void read_around(const std::string& seed, assay::Rng& rng) {
  read(seed);
  for (std::size_t i = 0; i < kCuts; ++i) read(seed.substr(0, seed.size() * i / kCuts));
  for (std::size_t i = 0; i < kChanged && !seed.empty(); ++i) {
    std::string changed = seed;
    for (std::size_t change = rng.below(4); change < 4; ++change) {
      const std::size_t place = rng.below(changed.size());
      const std::size_t length = std::min<std::size_t>(1 + rng.below(20), changed.size() - place);
      switch (rng.below(3)) {
        case 0: changed[place] = any_byte(rng); break;
        case 1: changed.insert(place, changed.substr(rng.below(changed.size()), length)); break;
        default: changed.replace(place, length, 1, any_byte(rng));
      }
    }
    read(changed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  assay::Rng rng(1);
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    read_around({std::istreambuf_iterator<char>(in), {}}, rng);
  }
  for (std::size_t i = 0; i < kRandom; ++i) {
    std::string bytes(rng.below(kLongest), '\0');
    for (char& byte : bytes) byte = any_byte(rng);
    read(bytes);
  }
  std::printf("%zu inputs read\n", inputs);
  return 0;
}

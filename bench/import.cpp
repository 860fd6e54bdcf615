// Import of AlpacaEval's annotation files into a study, beside a plain copy of the same bytes to the same disk.
// Each run is a process of its own, so that its peak memory is its own.

#include "assay/app/import.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bench/measure.h"

namespace {

constexpr int kRuns = 5;

std::vector<std::filesystem::path> annotation_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().filename() == "annotations.json") files.push_back(entry.path());
  }
  return files;
}

// Reads all files and writes their bytes to one, down to the disk.
void copy(const std::vector<std::filesystem::path>& files, const std::string& target) {
  {
    std::ofstream out(target, std::ios::binary);
    for (const auto& file : files) out << std::ifstream(file, std::ios::binary).rdbuf();
    if (!out.flush()) throw std::runtime_error("can't write " + target);
  }
  const int descriptor = open(target.c_str(), O_RDONLY);
  if (descriptor < 0 || fsync(descriptor) != 0) throw std::runtime_error("can't sync " + target);
  close(descriptor);
}

}  // namespace

int main() {
  const std::filesystem::path results = alpaca_eval_results();
  if (results.empty()) {
    fmt::print("import: skipped, ASSAY_BENCH_DATA names no folder with alpaca_eval/results\n");
    return 0;
  }
  const ScratchFolder folder;
  const std::string study = folder.file("bench.assay");
  const std::string plain = folder.file("bench.bytes");
  const auto files = annotation_files(results);
  std::uintmax_t bytes = 0;
  for (const auto& file : files) bytes += std::filesystem::file_size(file);

  std::vector<double> seconds;
  std::vector<double> ratios;
  std::vector<double> memory;
  for (int run = 0; run < kRuns; ++run) {
    const Cost reference = cost_of([&] { copy(files, plain); });
    const Cost import = cost_of([&] {
      assay::app::run_import({.format = "alpaca-eval", .paths = {results.string()}, .study = study, .options = {}});
    });
    seconds.push_back(import.seconds);
    ratios.push_back(import.seconds / reference.seconds);
    memory.push_back(import.megabytes);
    std::filesystem::remove(study);
    std::filesystem::remove(plain);
  }
  const double megabytes = static_cast<double>(bytes) / 1e6;
  fmt::print("import: AlpacaEval, {} files, {:.1f} MB, median of {} runs\n", files.size(), megabytes, kRuns);
  fmt::print("  time  {:.2f} s, {:.1f} times a plain copy with fsync (target: below 2 s)\n", median(seconds),
             median(ratios));
  fmt::print("  peak  {:.0f} MB, {:.2f} times the input (target: below 400 MB)\n", median(memory),
             median(memory) / megabytes);
}

#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// Seconds of wall time that `work` takes.
template <typename Work>
double seconds_of(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// What a piece of work took.
struct Cost {
  double seconds = 0;
  double processor = 0;  ///< Seconds of all threads together.
  double megabytes = 0;  ///< Peak memory.
};

/// Runs `work` in a child process, so that its peak memory is its own. Ends the program if it fails.
inline Cost cost_of(const std::function<void()>& work) {
  std::fflush(stdout);
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    try {
      work();
      _exit(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
  }
  int status = 0;
  rusage usage = {};
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
    std::fprintf(stderr, "a run failed\n");
    std::exit(1);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return {took.count(), seconds(usage.ru_utime) + seconds(usage.ru_stime),
          static_cast<double>(usage.ru_maxrss) / 1000.0};  // ru_maxrss: KiB, about
}

/// AlpacaEval's results folder among the benchmark data; empty where ASSAY_BENCH_DATA does not name such data.
inline std::filesystem::path alpaca_eval_results() {
  const char* data = std::getenv("ASSAY_BENCH_DATA");
  if (data == nullptr) return {};
  const std::filesystem::path results = std::filesystem::path(data) / "alpaca_eval" / "results";
  return std::filesystem::is_directory(results) ? results : std::filesystem::path();
}

/// A folder that goes with the object.
class ScratchFolder {
 public:
  ScratchFolder() : path_((std::filesystem::temp_directory_path() / "assay-bench-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) std::exit(1);
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

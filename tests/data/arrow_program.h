#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "tests/places.h"

namespace assay {

/// Whether assay-arrow was built, beside the command. Puts it on the PATH of this program, which is elsewhere.
inline bool has_arrow() {
  static const bool kThere = [] {
    const std::filesystem::path folder = std::filesystem::path(tests::assay_command()).parent_path();
    const char* path = std::getenv("PATH");
    setenv("PATH", (folder.string() + ":" + (path != nullptr ? path : "")).c_str(), 1);
    return std::filesystem::exists(folder / "assay-arrow");
  }();
  return kThere;
}

/// Path of a file in tests/data/tables, which holds a Parquet or Arrow file of each kind.
inline std::string table_path(std::string_view name) {
  return tests::source_folder() + "/tests/data/tables/" + std::string(name);
}

inline std::string table_sample(std::string_view name) {
  std::ifstream file(table_path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace assay

/// Skips a test where assay-arrow was not built.
#define ASSAY_NEED_ARROW() \
  if (!has_arrow()) GTEST_SKIP() << "needs assay-arrow, which was not built: ./dev arrow, then build again"

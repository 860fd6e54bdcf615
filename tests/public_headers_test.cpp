// What is installed hangs together: cmake/public_headers.cmake lists it.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "tests/places.h"

namespace assay {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(tests::source_folder() + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::set<std::string> public_headers() {
  std::istringstream words(text_of("cmake/public_headers.cmake"));
  std::set<std::string> headers;
  for (std::string word; words >> word;) {
    if (word.starts_with("assay/") && word.ends_with(".h")) headers.insert(word);
  }
  return headers;
}

TEST(PublicHeaders, AreFew) {
  EXPECT_GE(public_headers().size(), 20U) << "the list is not where it is looked for";
  EXPECT_LE(public_headers().size(), 40U);
}

TEST(PublicHeaders, IncludeOnlyOneAnother) {
  const std::set<std::string> headers = public_headers();
  for (const std::string& header : headers) {
    std::istringstream lines(text_of(header));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("#include \"")) continue;
      const std::string included = line.substr(10, line.find('"', 10) - 10);
      EXPECT_TRUE(headers.contains(included)) << header << " includes " << included << ", which is not installed";
    }
  }
}

// Else a program that is linked with the shared library misses what the header promises.
TEST(PublicHeaders, AreExportedAndNoOthers) {
  const std::set<std::string> headers = public_headers();
  const std::filesystem::path root = tests::source_folder();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "assay")) {
    if (entry.path().extension() != ".h") continue;
    const std::string header = entry.path().lexically_relative(root).generic_string();
    const std::string text = text_of(header);
    const auto begin = text.find("\n#pragma GCC visibility push(default)\n\nnamespace assay");
    EXPECT_EQ(begin != std::string::npos, headers.contains(header)) << header;
    EXPECT_EQ(text.ends_with("\n#pragma GCC visibility pop\n"), headers.contains(header)) << header;
    const auto last_include = text.rfind("#include");
    EXPECT_TRUE(last_include == std::string::npos || last_include < begin)
        << header << ": what it includes is not its own to export";
  }
}

}  // namespace
}  // namespace assay

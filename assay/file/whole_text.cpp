#include "assay/file/whole_text.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::file {

std::string whole_text(const std::string& path, std::size_t most) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) throw Error(escaped(path) + ": expected a file, came a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(escaped(path) + ": can't be read");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) throw Error(escaped(path) + ": can't be read");
  if (text.size() > most) {
    throw DataError({path}, fmt::format("expected at most {} bytes, came {}", most, text.size()));
  }
  return text;
}

}  // namespace assay::file

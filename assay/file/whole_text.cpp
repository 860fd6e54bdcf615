#include "assay/file/whole_text.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::file {

std::string whole_text(const std::string& path, std::size_t most) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) throw Error(escaped(path) + ": expected a file, came a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(escaped(path) + ": can't be read");
  std::string text;
  constexpr std::size_t kChunk = std::size_t{1} << 16U;
  while (file && text.size() <= most) {
    const std::size_t before = text.size();
    text.resize(before + kChunk);
    file.read(text.data() + before, kChunk);
    text.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw Error(escaped(path) + ": can't be read");
  if (text.size() > most) {
    throw DataError({path}, fmt::format("expected at most {} bytes, came more", most));
  }
  return text;
}

}  // namespace assay::file

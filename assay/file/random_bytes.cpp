#include "assay/file/random_bytes.h"

#include <unistd.h>

namespace assay::file {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (getentropy(bytes.data(), bytes.size()) != 0) bytes.clear();
  return bytes;
}

}  // namespace assay::file

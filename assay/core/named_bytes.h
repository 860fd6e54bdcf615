#pragma once

#include <string>
#include <string_view>

namespace assay {

/// A part of a file that has a name; the bytes are borrowed.
struct NamedBytes {
  std::string name;
  std::string_view bytes;
};

}  // namespace assay

#include "tests/places.h"

namespace assay::tests {

const std::string& source_folder() {
  static const std::string folder = ASSAY_SOURCE_DIR;
  return folder;
}

const std::string& assay_command() {
  static const std::string program = ASSAY_COMMAND;
  return program;
}

const std::string& points_strategy() {
  static const std::string program = ASSAY_POINTS_STRATEGY;
  return program;
}

}  // namespace assay::tests

#include "cli/plot_file.h"

#include <filesystem>
#include <fstream>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::cli {

void check_plot(const std::string& path, const std::string& study) {
  if (std::filesystem::path(path).extension() != ".svg") {
    throw InvalidArgument("plots are SVG: expected a file that ends in .svg, came " + assay::quoted(path));
  }
  std::error_code failure;
  if (std::filesystem::equivalent(path, study, failure)) {
    throw InvalidArgument("the plot would overwrite the study " + assay::quoted(study));
  }
  const bool there = std::filesystem::exists(path, failure);
  if (!std::ofstream(path, std::ios::binary | std::ios::app)) throw Error(escaped(path) + ": can't be written");
  if (!there) std::filesystem::remove(path, failure);
}

void write_plot(const std::string& path, const std::string& svg) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << svg;
  file.close();
  if (!file) throw Error(escaped(path) + ": can't be written");
}

}  // namespace assay::cli

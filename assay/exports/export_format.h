#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "assay/exports/writer.h"

namespace assay::exports {

/// A format that studies are written in: a row of the table `export_formats()`.
struct ExportFormat {
  std::string_view name;  ///< As typed: `assay export STUDY --format NAME`.
  std::string_view help;  ///< One line.
  bool folder = false;    ///< Writes a folder, which must be new or empty; else one file.
  /// Takes the path of the file or folder. Throws InvalidArgument or Error if it can't be written there.
  std::unique_ptr<Writer> (*make)(const std::string& path);
};

/// All of them, in the order of `--help`.
std::span<const ExportFormat> export_formats();

/// The one called `name`; throws InvalidArgument that lists all names.
const ExportFormat& export_format(std::string_view name);

}  // namespace assay::exports

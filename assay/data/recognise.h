#pragma once

#include <span>
#include <string>

#include "assay/data/format.h"

namespace assay::data {

/// A format, and why files are taken for it.
struct Recognised {
  const Format* format = nullptr;  ///< A row of `formats()`.
  std::string why;                 ///< "samples_*.jsonl beside results_*.json in runs/"
};

/// The format of all `paths`, by what is in them. Throws InvalidArgument, which says what to type, if no format
/// fits, if several do, or if the paths are of different formats; DataError for an empty file and for UTF-16.
///
///     const Recognised found = recognise(std::vector<std::string>{"runs/"});
///     found.format->read(...);
Recognised recognise(std::span<const std::string> paths);

/// The same of files whose prompts are made of their columns (FormatOptions::prompt), whatever these are called.
Recognised recognise_rows(std::span<const std::string> paths);

}  // namespace assay::data

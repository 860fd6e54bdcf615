#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace assay::app {

/// `assay export STUDY --format FORMAT -o FILE`.
struct ExportRequest {
  std::string study;
  std::string format = {};  ///< Empty: told by the ending of `output`: .jsonl, .csv or .parquet.
  std::string output;       ///< A file, or a folder where the format is one.
};

struct ExportReport {
  std::string study;
  std::string format;
  std::string output;
  std::size_t queries = 0, responses = 0, labels = 0;
  std::size_t verdicts = 0, scores = 0;  ///< Recorded ones and those of live judges.
  std::size_t live = 0;                  ///< Of these, those of live judges: programs, LLMs and people.
  /// What the format has no place for, and how many records that were.
  std::map<std::string, std::size_t> left_out;
};

/// Writes what was imported and what was judged since. Keys of endpoints, their addresses and paths of programs
/// stay out. Throws InvalidArgument for a request that makes no sense, Error if nothing can be written there.
ExportReport run_export(const ExportRequest& request);

}  // namespace assay::app

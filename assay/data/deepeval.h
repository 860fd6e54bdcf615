#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"
#include "assay/data/json_value.h"

namespace assay::data {

/// DeepEval: `paths` are test runs (test_run_*.json) or folders around some. Each is read twice: a run tells its
/// model behind its cases. See docs/reference/formats.md.
void read_deepeval(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                   const Progress& progress);

/// Format::recognise.
std::string recognise_deepeval(const std::string& path);

/// Test runs of DeepEval: first all are looked through, then each is read.
class DeepevalRuns {
 public:
  /// Runs that are added later are newer. `label` is the file's name: what FormatOptions::run may name, and the
  /// model where nothing else is told. Throws DataError.
  void add(ByteSource& source, std::string_view label);
  /// After all files. Throws InvalidArgument if FormatOptions::run names none.
  void settle(const FormatOptions& options);
  /// Writes the file that was added as the `file`th.
  void read(ByteSource& source, std::size_t file, const FormatOptions& options, RecordSink& sink) const;

 private:
  struct Run {
    std::string label;
    std::string model;
    bool wanted = false;
  };
  struct Metric {
    bool higher = false;   ///< A score above the threshold passed, or one below it failed.
    bool lower = false;    ///< The other way round.
    bool outside = false;  ///< A score is not in [0, 1].
  };

  void look(const JsonValue& test_case);
  std::string id_of(const JsonValue& test_case) const;
  static std::string model_of(const JsonValue& test_case, const Run& run);

  std::vector<Run> runs_;
  std::map<std::string, std::set<std::uint64_t>, std::less<>> inputs_;  ///< By the case's name.
  /// Model, name and input of a case, and the runs with it.
  std::map<std::pair<std::string, std::string>, std::set<std::size_t>> places_;
  std::map<std::pair<std::string, std::string>, std::size_t> counts_;  ///< The run that counts.
  std::map<std::string, Metric, std::less<>> metrics_;
};

}  // namespace assay::data

#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"
#include "assay/data/json_value.h"
#include "assay/data/promptfoo_evals.h"
#include "assay/data/samples.h"

namespace assay::data {

/// promptfoo: `paths` are output.json, output.jsonl or exported files, or folders around some. Each is read twice:
/// only all rows tell how systems are called. See docs/reference/formats.md.
void read_promptfoo(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                    const Progress& progress);

/// Format::recognise.
std::string recognise_promptfoo(const std::string& path);

/// Writes the rows of files that were looked through before.
class PromptfooReader {
 public:
  PromptfooReader(const PromptfooEvals& evals, const FormatOptions& options, RecordSink& sink)
      : evals_(evals), sink_(sink), writer_(options, sink) {}

  /// The file that was the `file`th to be added to the evaluations.
  void read(ByteSource& source, std::size_t file);

 private:
  struct Row;
  void take(const JsonValue& json, const PromptfooRow& row);
  static std::string query_id(const PromptfooTest& test, std::string_view text, std::string_view gold);
  void take_failure(const Row& row);
  void take_scores(const Row& row);
  void put(const Row& row, std::string_view scorer, double value, bool lost);

  const PromptfooEvals& evals_;
  RecordSink& sink_;
  SampleWriter writer_;
  std::set<std::string, std::less<>> told_;  ///< Scorers whose direction was told.
};

}  // namespace assay::data

#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/records.h"
#include "assay/data/format.h"
#include "assay/data/inspect_log.h"
#include "assay/data/json_value.h"
#include "assay/data/samples.h"

namespace assay::data {

/// Turns the samples of Inspect's logs into records.
///
///     InspectSamples samples(options, sink);
///     samples.begin(head, path);
///     log.read_samples(nullptr, &sink, [&](const JsonValue& sample) { samples.take(sample); });
///     samples.end();           // of the log
///     samples.tell_judges();   // of all logs
class InspectSamples {
 public:
  InspectSamples(const FormatOptions& options, RecordSink& sink) : sink_(sink), writer_(options, sink) {}

  /// `head` is borrowed until `end`.
  void begin(const InspectHead& head, const std::string& path);
  void take(const JsonValue& sample);
  /// What failed has no score of any scorer of the log. Which there are is known at its end only.
  void end();
  /// The scale of judges that only ever said right or wrong. Returns the number of samples.
  std::size_t tell_judges();

 private:
  struct Failed {
    std::string id;
    int repeat;
    std::string reason;
    std::string path;
    std::size_t line;
  };

  void take_scores(const Sample& sample, const JsonValue& scores);
  void take_value(const Sample& sample, const std::string& judge, const JsonValue& value, const JsonValue& score);
  void put_score(const Sample& sample, const std::string& judge, double value, bool grade, const JsonValue& score);
  void take_failed(const Sample& sample, const JsonValue& row, bool scored);

  RecordSink& sink_;
  SampleWriter writer_;
  const InspectHead* head_ = nullptr;
  std::string path_;
  std::string only_scorer_;  ///< Of version 1, whose samples have one score without a name.
  std::vector<Failed> failed_;
  std::set<std::string> judges_;             ///< Of the log.
  std::map<std::string, bool> grades_only_;  ///< Of all logs.
  std::size_t samples_ = 0;                  ///< Of the log.
  std::size_t all_samples_ = 0;
};

}  // namespace assay::data

#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/json_value.h"
#include "assay/data/samples.h"

namespace assay::data {

/// A metric of an evaluation: a part of `evaluation_results`.
struct EveryEvalMetric {
  std::string id;  ///< `evaluation_result_id`; before schema 0.3 the evaluation's name.
  std::string evaluation;
  std::optional<bool> lower_is_better;
  double least = std::numeric_limits<double>::quiet_NaN();  ///< NaN: not told, or no limit.
  double most = std::numeric_limits<double>::quiet_NaN();
};

/// What an aggregate file, UUID.json, says.
struct EveryEvalAggregate {
  std::string model;
  std::string provider;       ///< Who served the model, or the engine that ran it; may be empty.
  std::string evaluation_id;  ///< Collection/model/time.
  std::string library;        ///< "lm_eval", "inspect", "helm"; may be empty.
  double date = 0;            ///< Seconds since 1970; 0: not told.
  std::vector<EveryEvalMetric> metrics;
};

/// Reads an aggregate file of any schema from 0.2 on. Throws DataError.
EveryEvalAggregate read_every_eval_aggregate(ByteSource& source);

/// Seconds since 1970 of a number in a string, or of a date like 2026-11-28T21:05:48; 0 for none.
double every_eval_seconds(std::string_view timestamp);

/// Reads UUID_samples.jsonl: a row for each sample and metric.
class EveryEvalRows {
 public:
  EveryEvalRows(const FormatOptions& options, RecordSink& sink) : writer_(options, sink), sink_(sink) {}

  /// `aggregate` is the file's own, or null. Throws DataError.
  void read(ByteSource& source, const EveryEvalAggregate* aggregate);

 private:
  struct Row;

  void take(const JsonValue& object);
  void take_labels(const Row& row, Sample& sample);
  void take_error(const Row& row, const Sample& sample);
  std::string id_of(const Row& row, std::string_view task);
  const EveryEvalMetric* metric(std::string_view id) const;
  void tell_judge(const EveryEvalMetric& metric, const Location& where);

  SampleWriter writer_;
  RecordSink& sink_;
  const EveryEvalAggregate* aggregate_ = nullptr;
  std::string response_;
  std::unordered_map<std::string, int> rows_of_;          ///< Of a sample's scorer, in a file without epochs.
  std::unordered_set<std::string> answered_;              ///< Samples of the file, with repeat.
  std::unordered_set<std::string> told_;                  ///< Judges.
  std::unordered_map<std::string, std::string> samples_;  ///< Hash of each query, of all files.
};

}  // namespace assay::data

#pragma once

#include <string_view>

#include "assay/exports/writer.h"
#include "assay/report/json.h"

namespace assay::exports {

/// Records as lines of JSON of the format `jsonl`, which derived classes put somewhere.
class RecordLines : public Writer {
 public:
  void add(const QueryRecord& record, const Location& where, OnConflict conflict) override;
  void add(const ModelRecord& record, const Location& where, OnConflict conflict) override;
  void add(const JudgeRecord& record, const Location& where, OnConflict conflict) override;
  void add(const ResponseRecord& record, const Location& where, OnConflict conflict) override;
  void add(const LabelRecord& record, const Location& where, OnConflict conflict) override;
  void add(const VerdictRecord& record, const Location& where, OnConflict conflict) override;
  void add(const ScoreRecord& record, const Location& where, OnConflict conflict) override;
  void baseline(std::string_view model, const Location& where) override;

 private:
  /// `record`: what the line is about: prompt, model, judge, response, label, verdict, score, baseline.
  virtual void put(std::string_view record, report::Json line) = 0;
};

}  // namespace assay::exports

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/json_value.h"
#include "assay/data/lm_eval_results.h"
#include "assay/data/samples.h"

namespace assay::data {

/// Whose samples a file holds; the rows do not tell.
struct LmEvalOrigin {
  std::string_view task;
  std::string_view model;
  const LmEvalTask* facts = nullptr;  ///< Null: there is no results file.
  bool task_again = false;            ///< Other files of this import have the task, too.
};

/// Reads rows of samples_*.jsonl: a document, what the model said to it and the metrics' values, once for each
/// filter. The first filter's rows give the response and the labels, all give scores.
class LmEvalSamples {
 public:
  LmEvalSamples(const FormatOptions& options, RecordSink& sink) : writer_(options, sink), sink_(sink) {}

  /// One object a line, or one array, as older versions wrote. Throws DataError.
  void read(ByteSource& source, bool is_array, const LmEvalOrigin& origin);

 private:
  struct Row;
  /// One request of a multiple-choice row, and what came of it.
  struct Choice {
    std::string_view context;
    std::string_view text;  ///< Without the blank before it.
    double likelihood = 0;
    bool greedy = false;
  };
  struct Scorer {
    std::string metric;
    std::string filter;
    std::string name;  ///< "exact_match,strict-match".
    std::optional<bool> lower_is_better;
  };
  /// What is known of a document that an earlier file had.
  struct Document {
    std::size_t content = 0;
    bool by_tool = false;  ///< The content's hash is lm-eval's own.
    std::size_t prompt = 0;
  };

  void take(const JsonValue& object);
  void take_answer(const Row& row, Sample& sample, const Location& where);
  void take_choices(const Row& row, Sample& sample);
  void take_text(const Row& row, Sample& sample, const Location& where);
  bool collect_choices(const Row& row);
  bool is_known(const Row& row, Sample& sample, const Location& where);
  void take_prompt(const Row& row, Sample& sample);
  static bool is_rolling(const Row& row);
  std::string_view filter_of(const Row& row);
  void take_score(const Sample& sample, std::string_view metric, const JsonValue& value, bool of_list, int depth,
                  const Location& where);
  const Scorer& scorer(std::string_view metric, bool of_list, const Location& where);

  SampleWriter writer_;
  RecordSink& sink_;
  LmEvalOrigin origin_;
  std::string first_filter_;
  bool first_row_ = true;
  std::string_view filter_;
  std::vector<Scorer> scorers_;
  std::vector<Choice> choices_;
  std::string prompt_;                                       ///< Of chat messages.
  std::string messages_;                                     ///< Those.
  std::string id_;                                           ///< Of another document with the same number.
  std::unordered_map<std::string, std::size_t> rows_of_id_;  ///< In a file whose rows do not name their filter.
  std::unordered_map<std::size_t, Document> documents_;      ///< By a hash of the query's name.
};

}  // namespace assay::data

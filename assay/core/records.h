#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "assay/core/error.h"

// What a benchmark file is made of, and who takes it. An example of use:
//
//   const Location where{"prompts.csv", 2};
//   const QueryRecord query{.query = "q1", .text = "Which planet is the largest?", .task = "astronomy"};
//   sink.add(query, where, OnConflict::fail);
//   sink.add(ResponseRecord{.query = "q1", .model = "model a", .text = "Jupiter"}, where, OnConflict::fail);

#pragma GCC visibility push(default)

namespace assay {

// What a benchmark file is made of. Readers (data/) give records, a sink (store/) takes them; neither knows the
// other. All text is UTF-8 and only borrowed for the length of the call. Turns count from 1.

/// How much a query counts in a mean, in one of perhaps several respects ("traffic", "revenue").
struct QueryWeight {
  std::string_view name;  ///< Never empty.
  double value = 1;       ///< Finite, from 0 on; only ratios matter.
};

/// A prompt. `task` is the category, subject or data set that it belongs to; may be empty.
struct QueryRecord {
  std::string_view query;  ///< Stable id, unique within a study; never empty.
  int turn = 1;
  std::string_view text;
  std::string_view task;
  int options = 0;  ///< How many answers A, B, ... the text offers; 0: none, or not known.
  std::span<const QueryWeight> weights = {};
  std::string_view reference = {};  ///< A right answer that is too long for a label; empty: not known.
  /// Of a chat, [{"role":"user","content":"..."}, ...]: what a model is sent in the place of `text`, which people
  /// and judges read. Empty: `text`, as one message of the user. The query has no other turn then.
  std::string_view messages = {};
};

/// What is known of a model beside its answers. What stays as it is here is not known.
struct ModelRecord {
  std::string_view model;
  double parameters = 0;                   ///< Number of weights; positive.
  std::optional<std::int64_t> price = {};  ///< Micro-dollars per million tokens; not negative.
  std::string_view provider = {};          ///< Who served it ("openai"); empty: not known.
};

/// What making one answer took, as far as it is known.
struct AnswerCost {
  std::optional<std::int64_t> tokens_in = {};
  std::optional<std::int64_t> tokens_out = {};
  std::optional<std::int64_t> cost = {};  ///< Micro-dollars.
  std::optional<double> seconds = {};     ///< From the request to the whole answer.

  bool operator==(const AnswerCost&) const = default;
};

/// A model's answer to a query's turn. An empty text is an answer too.
struct ResponseRecord {
  std::string_view query;
  std::string_view model;
  int turn = 1;
  std::string_view text;
  AnswerCost took = {};
};

/// What is known of a judge's scores: of a metric, a grader or a person. Verdicts need none of it.
struct JudgeRecord {
  std::string_view judge;
  std::optional<bool> lower_is_better = {};
  /// The lowest and the highest score that there can be; NaN: not known.
  double least = std::numeric_limits<double>::quiet_NaN();
  double most = std::numeric_limits<double>::quiet_NaN();
};

/// A judge's comparison of `model` with `opponent`.
struct VerdictRecord {
  std::string_view query;
  std::string_view model;
  std::string_view opponent;
  std::string_view judge;
  int turn = 1;
  /// In [0, 1]: 1 the model is surely better, 1/2 a draw, 0 the opponent is; NaN: no verdict (the call failed).
  double value = std::numeric_limits<double>::quiet_NaN();
};

/// A judge's score of one response. `repeat` counts from 1 where the judge was asked several times.
struct ScoreRecord {
  std::string_view query;
  std::string_view model;
  std::string_view judge;
  int turn = 1;
  int repeat = 1;
  double value = std::numeric_limits<double>::quiet_NaN();  ///< NaN: no score (the call failed). Never infinite.
};

/// A label: the option that a model predicts, or the true one if `model` is empty.
struct LabelRecord {
  std::string_view query;
  std::string_view model;
  std::optional<std::string_view> label;  ///< Absent: not run. Empty: the model gave no answer.
};

/// What to do with a record whose key is there already with another value.
enum class OnConflict { fail, keep_first, keep_last };

/// Takes records in any order. Names that are new are added. A record equal to one that is there already counts as
/// repeated and changes nothing. One that differs is handled as `conflict` says. `fail` throws a DataError that
/// names both places, as far as they are known.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual void add(const QueryRecord& record, const Location& where, OnConflict conflict) = 0;
  virtual void add(const ModelRecord& record, const Location& where, OnConflict conflict) = 0;
  virtual void add(const ResponseRecord& record, const Location& where, OnConflict conflict) = 0;
  virtual void add(const JudgeRecord& record, const Location& where, OnConflict conflict) = 0;
  virtual void add(const VerdictRecord& record, const Location& where, OnConflict conflict) = 0;
  virtual void add(const ScoreRecord& record, const Location& where, OnConflict conflict) = 0;
  virtual void add(const LabelRecord& record, const Location& where, OnConflict conflict) = 0;
  /// The model that others are compared with, where the format knows it.
  virtual void baseline(std::string_view model, const Location& where) = 0;
  /// A row that is left out; `reason` is a short constant text ("no verdict from the judge").
  virtual void drop(std::string_view reason, const Location& where) = 0;
  /// Something that people should know of a row that was read, in a few constant words ("both_bad: a draw").
  virtual void note(std::string_view what, const Location& where) = 0;
};

}  // namespace assay

#pragma GCC visibility pop

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "assay/core/records.h"
#include "assay/data/format.h"

namespace assay::data {

/// \file
/// What every evaluation tool's result files come down to: a model's answer to a sample of a task, and scores of
/// it.
///
///     SampleWriter writer(options, sink);
///     const Sample sample{.task = "arithmetic", .id = "17", .model = "acme/alpha", .text = "6 x 7?", .gold =
///     "42"}; writer.add(sample, where);                              // query "arithmetic/17" writer.score(sample,
///     "exact_match/strict", 1, where);   // a score of judge "exact_match/strict" writer.error(sample,
///     "exact_match/strict", "the request failed", where);

/// One run of a model on a sample. All text is borrowed.
struct Sample {
  std::string_view task;  ///< May be empty.
  std::string_view id;    ///< Unique within the task.
  std::string_view model;
  int repeat = 1;                  ///< Epoch, trial: from 1.
  std::string_view text = {};      ///< The prompt; empty: not known.
  std::string_view messages = {};  ///< As QueryRecord::messages.
  int options = 0;                 ///< How many answers A, B, ... the text offers; 0: none, or not known.
  std::optional<std::string_view> response = {};
  std::string_view gold = {};        ///< The right answer; kept as the true label if it is a short one.
  std::string_view prediction = {};  ///< What was extracted from the response; a label, if the gold answer is.
  AnswerCost took = {};
};

/// Writes samples as records. Where a sample has no score because something failed, FormatOptions::errors_are_wrong
/// decides: no score, or the lowest. Both are counted by reason.
class SampleWriter {
 public:
  SampleWriter(const FormatOptions& options, RecordSink& sink)
      : errors_are_wrong_(options.errors_are_wrong), sink_(sink) {}

  /// The query and, where there is one, the response. A study keeps one response of a model to a query: those of
  /// later repeats are counted and left out, their scores are kept.
  void add(const Sample& sample, const Location& where);
  /// The first half of `add` and the second: the query alone, and the response with its labels. A reader that knows
  /// that two prompts are the same sample in two guises (another chat template) keeps the first.
  void add_query(const Sample& sample, const Location& where, OnConflict conflict = OnConflict::fail);
  void add_answer(const Sample& sample, const Location& where);
  /// A score of `scorer`; NaN: the scorer gave none.
  void score(const Sample& sample, std::string_view scorer, double value, const Location& where);
  /// No score, for a reason in a few constant words ("the request failed"). `lowest`: what stands for wrong.
  void error(const Sample& sample, std::string_view scorer, std::string_view reason, const Location& where,
             double lowest = 0);

 private:
  /// Of the sample's query. Most calls are about the sample of the call before.
  const std::string& name_of(const Sample& sample);

  bool errors_are_wrong_;
  RecordSink& sink_;
  std::string task_;
  std::string id_;
  std::string name_;
};

/// Name of a sample's query in a study: "task/id", or "id" where there is no task.
std::string query_name(std::string_view task, std::string_view id);

/// Whether a gold answer is a letter or a short answer, which may be a label: one line of at most 64 bytes.
bool is_short_answer(std::string_view gold);

}  // namespace assay::data

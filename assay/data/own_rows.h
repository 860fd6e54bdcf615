#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "assay/core/records.h"
#include "assay/data/format.h"
#include "assay/data/own_columns.h"

namespace assay::data {

constexpr int kMostTurns = 1'000'000;

/// A row of somebody's own file: what one model answered to one prompt, or a prompt alone. What is empty is not
/// known. All text is borrowed.
struct OwnRow {
  std::string_view id = {};  ///< Empty: of the same prompt before, else made of the prompt.
  std::string_view prompt = {};
  std::string_view task = {};
  std::string_view model = {};
  std::optional<std::string_view> response = {};
  std::string_view judge = {};
  int turn = 1;
  std::string_view gold = {};
  std::string_view messages = {};  ///< As QueryRecord::messages.
};

/// Writes the rows of the files of one import as records.
///
///     OwnRowWriter writer(options, sink);
///     const std::string query = writer.add({.prompt = "6 x 7?", .model = "small", .response = "42"}, where);
///     writer.score(query, {.model = "small"}, "passed", "true", where);
class OwnRowWriter {
 public:
  OwnRowWriter(const FormatOptions& options, RecordSink& sink)
      : options_(options), sink_(sink), model_(options.model) {}

  const FormatOptions& options() const { return options_; }
  /// Whose answers a file holds that does not tell; empty: not known.
  const std::string& model() const { return model_; }
  void set_model(std::string model) { model_ = std::move(model); }
  RecordSink& sink() { return sink_; }

  /// The query and, if there is one, the response and the right answer. Returns the query's id.
  std::string add(const OwnRow& row, const Location& where);
  /// A cell of the column `column`, which names the judge where nobody does. Several of one model, query, turn
  /// and judge are repeats in their order. Empty cells and those of FormatOptions::na are dropped.
  void score(const std::string& query, const OwnRow& row, std::string_view column, std::string_view cell,
             const Location& where);

 private:
  struct Prompt {
    std::string id;
    bool named = false;          ///< By a row, not made of the prompt.
    std::uint64_t messages = 0;  ///< Their hash.
  };
  std::string id_of(const OwnRow& row, const Location& where);

  const FormatOptions& options_;
  RecordSink& sink_;
  std::string model_;
  std::unordered_map<std::string, Prompt> prompts_;  ///< By the hash of their text.
  std::unordered_map<std::string, int> repeats_;     ///< Rows so far of a judge, model and query.
  std::unordered_map<std::string, bool> percents_;   ///< Whether a column has percentages.
};

}  // namespace assay::data

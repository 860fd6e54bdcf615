#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/file/database.h"

namespace assay::store {

/// How what models predict is read, given all true labels of a study. Where every true label is one letter, a
/// prediction like "(B)", "b", "B." or "B) Paris" stands for B: nothing else can be meant. Numbers never stand for
/// letters, nor letters for numbers: whether 0 or 1 is A nobody can tell.
class LabelReading {
 public:
  explicit LabelReading(const file::Database& database);
  /// `options`: how many answers A, B, ... a query offers at most; 0: not known.
  LabelReading(std::set<std::string, std::less<>> truths, int options);

  /// The true label that `prediction` stands for; itself if that is another thing.
  std::string_view read(std::string_view prediction) const;
  /// True for true labels and for letters that queries offer.
  bool is_known(std::string_view label) const;
  const std::set<std::string, std::less<>>& truths() const { return truths_; }

 private:
  std::string_view with_letter(char letter) const;

  std::set<std::string, std::less<>> truths_;
  bool letters_ = false;   // every true label is one letter, each letter once
  bool capitals_ = false;  // and all are A .. Z
  int options_ = 0;
};

/// Reads the predictions of models one by one, and tells of those that fit no true label.
class PredictionReader {
 public:
  explicit PredictionReader(const LabelReading& reading) : reading_(reading) {}

  void begin_model(const std::string& name);
  /// Of the model that was begun last. An empty prediction is no answer and stays one.
  std::string_view read(std::string_view prediction);

  /// What people should know before they use the predictions; empty if nothing.
  std::vector<std::string> notes() const;

 private:
  struct Model {
    std::string name;
    std::size_t answers = 0;
    std::size_t known = 0;
    std::set<std::string, std::less<>> strange = {};  // some predictions that are no true labels
  };
  std::string misfits(bool all) const;

  const LabelReading& reading_;
  std::vector<Model> models_;
  std::size_t translated_ = 0;
  std::string example_, example_read_;
};

/// A model's label of a query that has a true one.
struct Prediction {
  std::int64_t model = 0;
  std::int64_t query = 0;
  bool right = false;
};

/// All predictions of a study in one pass, model by model in the order of their names. Returns the notes on them.
std::vector<std::string> read_predictions(const file::Database& database,
                                          const std::function<void(const Prediction&)>& each);

}  // namespace assay::store

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/app/inspected_selection.h"
#include "assay/stats/intervals.h"

namespace assay::app {

/// A selection among others.
struct ComparedSelection {
  std::string source;
  const asking::SelectReport* report = nullptr;
  const InspectedSelection* calls = nullptr;  ///< Empty: only the report is there.
};

/// Several selections beside each other.
struct SelectionComparison {
  struct Model {
    std::string name;
    /// One for each selection; nullptr where it has not this model.
    std::vector<const asking::SelectReport::Model*> in;
  };
  /// Two selections on the calls that both judged, by names of query and model.
  struct Pair {
    std::size_t first = 0, second = 0;              ///< Of the selections.
    std::size_t queries = 0, models = 0;            ///< That both have.
    std::size_t calls = 0;                          ///< With a verdict in both.
    std::size_t same = 0;                           ///< Of these, with the same outcome: win, draw or loss.
    std::optional<stats::Interval> agreement = {};  ///< 95 %, of the chance of that; empty without a call.
    /// The mean reward of a model in `second` less that in `first`, on the same calls, at least two.
    struct Difference {
      std::string model;
      double mean = 0;
      double low = 0, high = 0;  ///< 95 %, by Student's t.
      std::size_t calls = 0;
    };
    std::vector<Difference> differences = {};  ///< By the models of `first`, as its report has them.
  };
  std::vector<ComparedSelection> selections;
  std::vector<Model> models;  ///< All that any has, by the best mean of their rates.
  std::vector<Pair> pairs;    ///< Those that have a query and a model in common, and both their calls.
  /// Whether all found the same model; empty while one has found none or is undecided, and where different models
  /// are no contradiction: one has a `tolerance`, or they did not choose from the `same_models`.
  std::optional<bool> agree;
  bool decided = false;    ///< All have found one.
  bool tolerance = false;  ///< Of some the model that is found may be a little worse than the best.
  /// Selections that chose from the same models, by their numbers; each is in one of them.
  std::vector<std::vector<std::size_t>> same_models;
};

/// All must outlive the result.
SelectionComparison compare_selections(std::vector<ComparedSelection> selections);

}  // namespace assay::app

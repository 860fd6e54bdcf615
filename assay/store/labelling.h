#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/core/correctness.h"
#include "assay/core/labels.h"
#include "assay/store/model_facts.h"

// Labels and correctness as a study (study.h) has them. An example of use:
//
//   const Study study("mine.assay", Study::Mode::read);
//   const Labelling labelling = study.labelling({.tasks = {"astronomy"}});
//   const Label truth = labelling.table.truth(query_id(0));  // of the query labelling.queries.names[0]
//   const std::string& text = labelling.labels[truth - 1];

#pragma GCC visibility push(default)

namespace assay::store {

/// n queries as benchmarks have them: names, texts and the tasks they belong to. Sorted by name, numbers by value,
/// so that the same content gives the same list whatever the order of import.
struct QuerySet {
  std::vector<std::string> names;
  std::vector<std::string> tasks;   ///< Names of the tasks, sorted; a query without a task belongs to "".
  std::vector<std::uint32_t> task;  ///< n, indices into `tasks`.
  /// n: index of the first query with the same text; the query's own if it has no text. A query that a benchmark
  /// has twice must not be in the training and the test set.
  std::vector<std::uint32_t> same_text;
};

/// Which labels to take.
struct LabelChoice {
  std::vector<std::string> models = {};  ///< Empty: all that were run on at least 90 % of the queries.
  std::vector<std::string> tasks = {};   ///< Empty: all.
  std::optional<LabelKind> kind = {};  ///< Empty: options if the study knows how many a query offers, else classes.
};

/// True labels and predictions of a study.
struct Labelling {
  QuerySet queries;                 ///< Those with a true label.
  std::vector<std::string> models;  ///< Sorted by name.
  std::vector<ModelFacts> facts;    ///< m.
  std::vector<std::string> labels;  ///< Names of the labels 1 .. L, shorter before longer, then by text.
  LabelTable table;
  std::vector<std::string> notes;  ///< What was left out and why, for people.
};

/// Which correctness to take.
struct CorrectnessChoice {
  std::vector<std::string> models = {};  ///< Empty: all with at least one known cell.
  std::vector<std::string> tasks = {};   ///< Empty: all.
  std::string judge = {};  ///< Take this judge's scores. Empty: the labels if the study has true ones, else the
                           ///< only judge with scores.
  /// Answers are right whose mean score is at least this, on any scale, others wrong. Empty: a score from 0 to 1
  /// says how right an answer is; several go by their mean; other scales are taken as shares of what the import
  /// told.
  std::optional<double> right_from = {};
};

/// How right the models' answers to queries are.
struct Benchmark {
  QuerySet queries;                 ///< Those with a known cell.
  std::vector<std::string> models;  ///< Sorted by name.
  std::vector<ModelFacts> facts;    ///< m.
  CorrectnessTable table;
  std::vector<std::string> notes;
};

}  // namespace assay::store

#pragma GCC visibility pop

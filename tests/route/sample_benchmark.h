#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/core/rng.h"
#include "assay/route/benchmark_view.h"

namespace assay {

/// A benchmark in which every model is good at one of two subjects: tasks lie between them, and the vectors tell
/// how much of each a query has. Nothing in it is unknown unless `unknown` > 0.
struct SampleBenchmark {
  struct Options {
    std::size_t tasks = 6;
    std::size_t queries = 40;  ///< Of each task.
    std::size_t models = 5;
    std::size_t dimensions = 8;
    double skill = 0.5;     ///< How much better a model is at its subject; 0: all models are equal everywhere.
    double hardness = 0;    ///< How much harder queries of the second subject are for all models.
    double unknown = 0;     ///< Share of cells that are not known.
    bool shuffled = false;  ///< Vectors dealt out at random.
    bool partial = false;   ///< Scores are chances, rounded to tenths, instead of right and wrong by them.
  };

  SampleBenchmark(const Options& options, std::uint64_t seed);

  route::BenchmarkView view() const { return {cells, task, same_text, models, tasks, {vectors, dimensions}}; }
  /// The queries without this task, tasks numbered anew.
  SampleBenchmark without(std::uint32_t left_out) const;
  /// The vectors of a task's queries.
  std::vector<float> vectors_of(std::uint32_t of) const;

  std::size_t models = 0;
  std::size_t tasks = 0;
  std::size_t dimensions = 0;
  std::vector<Correctness> cells;
  std::vector<std::uint32_t> task, same_text;
  std::vector<float> vectors;

 private:
  SampleBenchmark() = default;
};

}  // namespace assay

#include "tests/route/sample_benchmark.h"

#include <algorithm>
#include <cmath>

namespace assay {

SampleBenchmark::SampleBenchmark(const Options& options, std::uint64_t seed)
    : models(options.models), tasks(options.tasks), dimensions(options.dimensions) {
  Rng rng(seed);
  for (std::uint32_t t = 0; t < tasks; ++t) {
    const double of_task = tasks > 1 ? static_cast<double>(t) / static_cast<double>(tasks - 1) : 0.5;
    for (std::size_t q = 0; q < options.queries; ++q) {
      const double share = std::clamp(of_task + 0.1 * rng.normal(), 0.0, 1.0);  // of the first subject
      std::vector<double> vector(dimensions);
      for (double& value : vector) value = 0.1 * rng.normal();
      vector[0] += std::cos(1.5 * share);
      vector[1] += std::sin(1.5 * share);
      double squares = 0;
      for (const double value : vector) squares += value * value;
      for (const double value : vector) vectors.push_back(static_cast<float>(value / std::sqrt(squares)));
      for (std::size_t j = 0; j < models; ++j) {
        const double good = j % 2 == 0 ? share : 1 - share;
        const double chance =
            0.3 + options.skill * good + options.hardness * share + 0.02 * static_cast<double>(j) * options.skill;
        const bool right = rng.uniform() < chance;
        const bool known = rng.uniform() >= options.unknown;
        const double score = options.partial ? std::round(10 * std::clamp(chance, 0.0, 1.0)) / 10 : right ? 1 : 0;
        cells.push_back(known ? Correctness::of(score) : Correctness::kUnknown);
      }
      same_text.push_back(static_cast<std::uint32_t>(task.size()));
      task.push_back(t);
    }
  }
  if (!options.shuffled) return;
  for (std::size_t i = task.size(); i > 1; --i) {
    const std::size_t other = rng.below(i);
    for (std::size_t p = 0; p < dimensions; ++p) {
      std::swap(vectors[(i - 1) * dimensions + p], vectors[other * dimensions + p]);
    }
  }
}

SampleBenchmark SampleBenchmark::without(std::uint32_t left_out) const {
  SampleBenchmark rest;
  rest.models = models;
  rest.tasks = tasks - 1;
  rest.dimensions = dimensions;
  for (std::size_t i = 0; i < task.size(); ++i) {
    if (task[i] == left_out) continue;
    const auto from = static_cast<std::ptrdiff_t>(i);
    const auto m = static_cast<std::ptrdiff_t>(models);
    const auto d = static_cast<std::ptrdiff_t>(dimensions);
    rest.task.push_back(task[i] - (task[i] > left_out ? 1 : 0));
    rest.same_text.push_back(same_text[i]);
    rest.cells.insert(rest.cells.end(), cells.begin() + from * m, cells.begin() + (from + 1) * m);
    rest.vectors.insert(rest.vectors.end(), vectors.begin() + from * d, vectors.begin() + (from + 1) * d);
  }
  return rest;
}

std::vector<float> SampleBenchmark::vectors_of(std::uint32_t of) const {
  std::vector<float> result;
  for (std::size_t i = 0; i < task.size(); ++i) {
    if (task[i] != of) continue;
    const auto begin = vectors.begin() + static_cast<std::ptrdiff_t>(i * dimensions);
    result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(dimensions));
  }
  return result;
}

}  // namespace assay

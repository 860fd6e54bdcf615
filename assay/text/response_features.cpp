#include "assay/text/response_features.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "assay/core/cells.h"

namespace assay::text {
namespace {

constexpr double kAdded = 10;  // characters; keeps the logarithm of short answers in bounds

double log_length(std::string_view text) {
  const auto starts = [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  };  // of UTF-8 characters
  return std::log(kAdded + static_cast<double>(std::count_if(text.begin(), text.end(), starts)));
}

double median(std::vector<double> values) {
  if (values.empty()) return std::log(kAdded);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

FeatureTable FeatureTable::from(std::span<const float> cells, std::size_t queries, std::size_t models,
                                std::size_t features) {
  check_cells(cells.size(), {queries, models, features});
  check_values(cells, "a finite number", [](float cell) { return std::isfinite(cell); });
  FeatureTable table(queries, models, features);
  std::ranges::copy(cells, table.values_.begin());
  return table;
}

void FeatureTable::standardize(const std::vector<char>& known) {
  const auto count = static_cast<double>(std::count(known.begin(), known.end(), char{1}));
  for (std::size_t k = 0; k < features_; ++k) {
    double sum = 0;
    double squares = 0;
    for (std::size_t c = 0; c < known.size(); ++c) {
      const double value = values_[c * features_ + k];
      if (known[c] != 0) sum += value;
      if (known[c] != 0) squares += value * value;
    }
    const double mean = count > 0 ? sum / count : 0;
    const double variance = count > 0 ? squares / count - mean * mean : 0;
    const double scale = variance > 1e-9 ? 1 / std::sqrt(variance) : 0;
    for (std::size_t c = 0; c < known.size(); ++c) {
      float& value = values_[c * features_ + k];
      value = known[c] != 0 ? static_cast<float>((value - mean) * scale) : 0.0F;
    }
  }
}

FeatureTable unscaled_features(const ResponseTable& responses, std::vector<char>& known) {
  const std::size_t m = responses.models();
  FeatureTable table(responses.queries(), m, 3);
  known.assign(responses.queries() * m, 0);
  std::vector<double> lengths;
  for (std::size_t q = 0; q < responses.queries(); ++q) {
    const QueryId query = query_id(q);
    lengths.clear();
    for (std::size_t j = 0; j < m; ++j) {
      if (responses.has(query, model_id(j))) lengths.push_back(log_length(responses.at(query, model_id(j))));
    }
    const double middle = median(lengths);
    const double baseline = responses.has_baseline(query) ? log_length(responses.baseline(query)) : middle;
    std::size_t next = 0;
    for (std::size_t j = 0; j < m; ++j) {
      if (!responses.has(query, model_id(j))) continue;
      known[q * m + j] = 1;
      const auto features = table.at(query, model_id(j));
      features[0] = static_cast<float>(lengths[next++] - baseline);
      features[1] = static_cast<float>(baseline);
      features[2] = static_cast<float>(middle);
    }
  }
  return table;
}

FeatureTable response_features(const ResponseTable& responses) {
  std::vector<char> known;
  FeatureTable table = unscaled_features(responses, known);
  table.standardize(known);
  return table;
}

}  // namespace assay::text

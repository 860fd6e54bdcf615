#include "assay/data/synthetic.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "assay/core/rng.h"
#include "assay/stats/normal.h"

namespace assay::data {
namespace {

constexpr std::array kDiscriminations = {0.5, 1.0, 1.5};
constexpr double kDrawBand = 0.25;
constexpr std::size_t kVocabulary = 400;
constexpr std::size_t kStockWords = 12;  // the first of the vocabulary; stand where a response goes wrong
constexpr const char* kBaseline = "baseline";
constexpr const char* kJudge = "synthetic";

void check(const SyntheticOptions& options) {
  const auto require = [](bool holds, const std::string& what) {
    if (!holds) throw InvalidArgument(what);
  };
  require(options.models >= 1 && options.models <= 10'000,
          "models must be 1 to 10,000, came " + std::to_string(options.models));
  require(options.queries >= 1 && options.queries <= 1'000'000,
          "queries must be 1 to 1,000,000, came " + std::to_string(options.queries));
  require(std::isfinite(options.spread) && options.spread >= 0 && options.spread <= 100,
          "spread must be 0 to 100, came " + std::to_string(options.spread));
}

std::string numbered(const char* prefix, std::size_t number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%s%0*zu", prefix, digits, number);
  return text;
}

// A pronounceable word for each number below kVocabulary.
std::string word(std::size_t number) {
  static constexpr std::string_view kOnsets = "bdfgklmnprstvz";
  static constexpr std::string_view kVowels = "aeiou";
  std::string text;
  for (int syllable = 0; syllable < 3; ++syllable) {
    text += kOnsets[number % kOnsets.size()];
    number /= kOnsets.size();
    text += kVowels[(number + text.size()) % kVowels.size()];
  }
  return text;
}

double win_rate(double ability) {
  double sum = 0;
  for (const double d : kDiscriminations) {
    sum += stats::normal_cdf((d * ability - kDrawBand) / std::sqrt(2.0)) +
           stats::normal_cdf((d * ability + kDrawBand) / std::sqrt(2.0));
  }
  return sum / (2.0 * kDiscriminations.size());
}

std::vector<std::size_t> ideal_answer(Rng& rng) {
  std::vector<std::size_t> words(30 + rng.below(31));
  for (std::size_t& each : words) each = kStockWords + rng.below(kVocabulary - kStockWords);
  return words;
}

std::string response_of(const std::vector<std::size_t>& ideal, double quality, Rng& rng) {
  const double right = 1.0 / (1.0 + std::exp(-(0.5 * quality + rng.normal())));
  std::string text;
  for (const std::size_t each : ideal) {
    if (!text.empty()) text += ' ';
    text += word(rng.uniform() < right ? each : rng.below(kStockWords));
  }
  return text + '.';
}

double verdict_value(double difference) {
  return difference > kDrawBand ? 1.0 : difference < -kDrawBand ? 0.0 : 0.5;
}

// One query: its prompt, and response and verdict of every model.
void emit_query(std::size_t number, const SyntheticOptions& options, const std::vector<SyntheticModel>& models,
                RecordSink& sink) {
  const Location where{"synthetic", number};
  Rng rng(options.seed, number);
  const std::string query = numbered("q", number, 6);
  const double discrimination = kDiscriminations[rng.below(kDiscriminations.size())];
  const std::vector<std::size_t> ideal = ideal_answer(rng);
  const std::string prompt = "Tell what you know of " + word(ideal[0]) + " and " + word(ideal[1]) + ".";
  sink.add(QueryRecord{.query = query, .text = prompt, .task = "synthetic"}, where, OnConflict::fail);
  const double baseline = rng.normal();
  sink.add(ResponseRecord{.query = query, .model = kBaseline, .text = response_of(ideal, baseline, rng)}, where,
           OnConflict::fail);
  for (const SyntheticModel& model : models) {
    const double quality = discrimination * model.ability + rng.normal();
    sink.add(ResponseRecord{.query = query, .model = model.name, .text = response_of(ideal, quality, rng)}, where,
             OnConflict::fail);
    sink.add(VerdictRecord{.query = query,
                           .model = model.name,
                           .opponent = kBaseline,
                           .judge = kJudge,
                           .value = verdict_value(quality - baseline)},
             where, OnConflict::fail);
  }
}

}  // namespace

std::vector<SyntheticModel> generate(const SyntheticOptions& options, RecordSink& sink, const Progress& progress) {
  check(options);
  Rng rng(options.seed);
  std::vector<SyntheticModel> models;
  for (std::size_t j = 1; j <= options.models; ++j) {
    const double ability = options.spread * rng.normal();
    models.push_back({numbered("model-", j, options.models < 100 ? 2 : 5), ability, win_rate(ability)});
  }
  sink.baseline(kBaseline, {"synthetic", 0});
  for (std::size_t q = 1; q <= options.queries; ++q) {
    emit_query(q, options, models, sink);
    if (progress) progress(q, options.queries);
  }
  return models;
}

}  // namespace assay::data

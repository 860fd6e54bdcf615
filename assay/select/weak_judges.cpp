#include "assay/select/weak_judges.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/select/likelihood_ratios.h"

namespace assay::select {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

void check(const WeakJudgeOptions& options) {
  if (options.kgram.max_order < 1 || options.kgram.max_order > 100) {
    throw InvalidArgument("the number of k-gram orders must be 1 to 100, came " +
                          std::to_string(options.kgram.max_order));
  }
  if (!(options.draw_share >= 0 && options.draw_share < 1)) {
    throw InvalidArgument("the share of draws must be in [0, 1), came " + std::to_string(options.draw_share));
  }
  if (!(options.kgram.delta > 0 && std::isfinite(options.kgram.delta))) {
    throw InvalidArgument("delta must be positive, came " + std::to_string(options.kgram.delta));
  }
}

// Log ratios of the likelihood of a model's response to the baseline's, for one judge each: queries x models.
using Ratios = std::vector<std::vector<float>>;

std::vector<std::string_view> texts_of(const ResponseTable& responses, QueryId query) {
  std::vector<std::string_view> texts;
  for (std::size_t j = 0; j < responses.models(); ++j) texts.push_back(responses.at(query, model_id(j)));
  texts.push_back(responses.baseline(query));
  return texts;
}

// `likelihoods` holds the texts of all queries or of one; those of `query` begin at `first`.
void store_ratios(const ResponseTable& responses, QueryId query, std::span<const double> likelihoods,
                  std::size_t texts, std::size_t first, Ratios& ratios) {
  const std::size_t m = responses.models();
  for (std::size_t k = 0; k < ratios.size(); ++k) {
    const double* of_order = likelihoods.data() + k * texts + first;
    // An empty response has likelihood 0: it loses against any other, and ties with an empty one.
    const double floor = std::numeric_limits<double>::min();
    for (std::size_t j = 0; j < m; ++j) {
      const bool both = responses.has(query, model_id(j)) && responses.has_baseline(query);
      const double ratio = std::log(std::max(of_order[j], floor)) - std::log(std::max(of_order[m], floor));
      ratios[k][index(query) * m + j] = both ? static_cast<float>(ratio) : kMissing;
    }
  }
}

Ratios ratios_per_query(const ResponseTable& responses, const WeakJudgeOptions& options, std::size_t threads,
                        const Progress& progress) {
  Ratios ratios(options.kgram.max_order, std::vector<float>(responses.queries() * responses.models()));
  parallel_for(
      responses.queries(), threads,
      [&](std::size_t q) {
        const auto texts = texts_of(responses, query_id(q));
        const auto likelihoods = text::kgram_likelihoods(text::tokenize(texts, options.tokens), options.kgram);
        store_ratios(responses, query_id(q), likelihoods, texts.size(), 0, ratios);
      },
      progress);
  return ratios;
}

Ratios ratios_pooled(const ResponseTable& responses, const WeakJudgeOptions& options, const Progress& progress) {
  std::vector<std::string_view> texts;
  for (std::size_t q = 0; q < responses.queries(); ++q) {
    for (const std::string_view text : texts_of(responses, query_id(q))) texts.push_back(text);
  }
  Ratios ratios(options.kgram.max_order, std::vector<float>(responses.queries() * responses.models()));
  const auto likelihoods = text::kgram_likelihoods(text::tokenize(texts, options.tokens), options.kgram);
  for (std::size_t q = 0; q < responses.queries(); ++q) {
    store_ratios(responses, query_id(q), likelihoods, texts.size(), q * (responses.models() + 1), ratios);
    if (progress) progress(q + 1, responses.queries());
  }
  return ratios;
}

OutcomeTable verdicts_of(const ResponseTable& responses, const std::vector<float>& ratios, double draw_share) {
  // The band is the size of ratio below which `draw_share` of the judge's pairs lie; a ratio of 1 is always a draw.
  std::vector<float> sizes;
  for (const float ratio : ratios) {
    if (!std::isnan(ratio)) sizes.push_back(std::abs(ratio));
  }
  float band = 0;
  const auto draws = static_cast<std::size_t>(draw_share * static_cast<double>(sizes.size()));
  if (draws > 0) {
    const auto nth = sizes.begin() + static_cast<std::ptrdiff_t>(draws - 1);
    std::nth_element(sizes.begin(), nth, sizes.end());
    band = *nth;
  }
  OutcomeTable table(responses.queries(), responses.models());
  for (std::size_t q = 0; q < table.queries(); ++q) {
    const std::span<Outcome> row = table.row(query_id(q));
    for (std::size_t j = 0; j < row.size(); ++j) {
      const float ratio = ratios[q * row.size() + j];
      row[j] = std::isnan(ratio)         ? Outcome::none
               : std::abs(ratio) <= band ? Outcome::draw
               : ratio > 0               ? Outcome::win
                                         : Outcome::loss;
    }
  }
  return table;
}

}  // namespace

std::string WeakJudgeOptions::describe() const {
  std::ostringstream text;
  text << (tokens == text::TokenKind::word ? "words" : "characters") << ", k = 1.." << kgram.max_order << ", "
       << (pooled ? "pooled" : "per query") << ", "
       << (kgram.smoothing == text::Smoothing::witten_bell ? "Witten-Bell" : "additive");
  if (kgram.smoothing == text::Smoothing::additive) text << " " << kgram.delta;
  text << ", " << (kgram.mean == text::LikelihoodMean::geometric ? "geometric" : "arithmetic") << " mean"
       << (kgram.leave_one_out ? ", leave one out" : "") << ", draws " << draw_share;
  return text.str();
}

std::vector<std::vector<float>> likelihood_ratios(const ResponseTable& responses, const WeakJudgeOptions& options,
                                                  std::size_t threads, const Progress& progress) {
  check(options);
  return options.pooled ? ratios_pooled(responses, options, progress)
                        : ratios_per_query(responses, options, threads, progress);
}

WeakVerdicts judge_weakly(const ResponseTable& responses, const WeakJudgeOptions& options, std::size_t threads,
                          const Progress& progress) {
  std::vector<OutcomeTable> tables;
  for (const std::vector<float>& of_judge : likelihood_ratios(responses, options, threads, progress)) {
    tables.push_back(verdicts_of(responses, of_judge, options.draw_share));
  }
  return WeakVerdicts(tables);
}

}  // namespace assay::select

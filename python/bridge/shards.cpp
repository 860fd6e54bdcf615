#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/responses.h"
#include "assay/select/likelihood_ratios.h"
#include "assay/text/hashed_embedding.h"
#include "assay/text/response_features.h"
#include "python/bridge/failure.h"

// Some queries of many, on a machine of a cluster. One thread: the cluster runs as many shards as it has cores.

namespace assay::bridge {
namespace {

std::string_view text_at(const AssayTexts& texts, std::size_t i) {
  return {texts.bytes + texts.offsets[i], static_cast<std::size_t>(texts.offsets[i + 1] - texts.offsets[i])};
}

ResponseTable responses_of(const AssayTexts& responses, const AssayTexts& baselines) {
  const auto n = static_cast<std::size_t>(baselines.count);
  const std::size_t m = n > 0 ? static_cast<std::size_t>(responses.count) / n : 0;
  ResponseTable table(n, m);
  for (std::size_t q = 0; q < n; ++q) {
    for (std::size_t j = 0; j < m; ++j) {
      const std::size_t cell = q * m + j;
      if (responses.missing[cell] != 0) continue;
      table.set(query_id(q), model_id(j), std::string(text_at(responses, cell)));
    }
    if (baselines.missing[q] == 0) table.set_baseline(query_id(q), std::string(text_at(baselines, q)));
  }
  return table;
}

// options: {"orders": 1 .. 100, "words": bool, "additive": bool, "delta": D, "arithmetic": bool,
// "leave_one_out": bool}
select::WeakJudgeOptions weak_options_of(const nlohmann::json& told) {
  select::WeakJudgeOptions options;
  options.kgram.max_order = told.at("orders").get<std::size_t>();
  if (told.at("words").get<bool>()) options.tokens = text::TokenKind::word;
  if (told.at("additive").get<bool>()) options.kgram.smoothing = text::Smoothing::additive;
  options.kgram.delta = told.at("delta").get<double>();
  if (told.at("arithmetic").get<bool>()) options.kgram.mean = text::LikelihoodMean::arithmetic;
  options.kgram.leave_one_out = told.at("leave_one_out").get<bool>();
  return options;
}

}  // namespace
}  // namespace assay::bridge

int assay_shard_features(const AssayTexts* responses, const AssayTexts* baselines, float* features,
                         uint8_t* known) {
  const bool done = assay::bridge::guarded([&] {
    std::vector<char> there;
    const assay::text::FeatureTable table =
        assay::text::unscaled_features(assay::bridge::responses_of(*responses, *baselines), there);
    std::copy(table.cells().begin(), table.cells().end(), features);
    std::copy(there.begin(), there.end(), known);
  });
  return done ? 0 : -1;
}

int assay_shard_ratios(const AssayTexts* responses, const AssayTexts* baselines, const char* options,
                       float* ratios) {
  const bool done = assay::bridge::guarded([&] {
    const std::vector<std::vector<float>> of_judges =
        assay::select::likelihood_ratios(assay::bridge::responses_of(*responses, *baselines),
                                         assay::bridge::weak_options_of(nlohmann::json::parse(options)), 1);
    for (const std::vector<float>& of_judge : of_judges) {
      ratios = std::copy(of_judge.begin(), of_judge.end(), ratios);
    }
  });
  return done ? 0 : -1;
}

void assay_embedding_sizes(int64_t* buckets, int64_t* rows) {
  *buckets = static_cast<int64_t>(assay::text::kNgramBuckets);
  *rows = static_cast<int64_t>(assay::text::kSketchSize);
}

int assay_embedding_fit(const AssayTexts* corpus, int64_t dimensions, int64_t threads, float* weights,
                        float* projection) {
  const bool done = assay::bridge::guarded([&] {
    std::vector<std::string_view> texts;
    for (std::size_t i = 0; i < static_cast<std::size_t>(corpus->count); ++i) {
      if (corpus->missing[i] == 0) texts.push_back(assay::bridge::text_at(*corpus, i));
    }
    const assay::text::HashedEmbeddingFit fit = assay::text::fit_hashed_embedding(
        texts, static_cast<std::size_t>(dimensions), static_cast<std::size_t>(threads));
    std::copy(fit.weights.begin(), fit.weights.end(), weights);
    std::copy(fit.projection.begin(), fit.projection.end(), projection);
  });
  return done ? 0 : -1;
}

int assay_embed(const AssayTexts* texts, int64_t dimensions, const float* weights, const float* projection,
                float* vectors) {
  const bool done = assay::bridge::guarded([&] {
    const auto d = static_cast<std::size_t>(dimensions);
    const assay::text::HashedEmbedding embedding(
        {{weights, assay::text::kNgramBuckets}, {projection, assay::text::kSketchSize * d}});
    for (std::size_t i = 0; i < static_cast<std::size_t>(texts->count); ++i) {
      embedding.embed(texts->missing[i] == 0 ? assay::bridge::text_at(*texts, i) : std::string_view(),
                      {vectors + i * d, d});
    }
  });
  return done ? 0 : -1;
}

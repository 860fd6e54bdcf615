#include "assay/routing/embedding_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/data/npy.h"
#include "assay/embed/embedding_endpoint.h"
#include "assay/http/api_request.h"
#include "assay/text/hashed_embedding.h"

namespace assay::routing {
namespace {

constexpr std::size_t kMostReply = std::size_t{64} << 20U;  // bytes

std::vector<float> from_endpoint(const EmbeddingChoice& choice, const std::vector<std::string>& texts,
                                 CallLedger* ledger, std::size_t& dimensions,
                                 std::vector<embed::RefusedText>& refused, const Progress& progress) {
  if (choice.url.empty()) {
    throw InvalidArgument("an endpoint of embeddings needs its URL, `embedding_url` or OPENAI_BASE_URL");
  }
  std::unique_ptr<http::HttpClient> own;
  embed::EmbeddingRules rules;
  rules.url = choice.url;
  rules.model = choice.model;
  rules.batch = choice.batch;
  rules.collect_in = choice.collect_in;
  rules.most_cost = choice.most_cost;
  rules.post = http::api_request({choice.url, choice.key, choice.headers, choice.timeout}, embed::kEmbeddingsPath);
  rules.post.body_bytes = kMostReply;
  if (choice.client == nullptr) {
    http::HttpLimits limits;
    limits.heed_environment = choice.heed_environment;
    own = http::make_http_client(limits);
  }
  embed::EmbeddingEndpoint endpoint(choice.client != nullptr ? *choice.client : *own, ledger, std::move(rules));
  endpoint.tick = choice.waiting;
  endpoint.troubled = choice.troubled;
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<float> vectors = endpoint.embed(views, progress);
  dimensions = endpoint.dimensions();
  refused = endpoint.refused();
  if (dimensions == 0) throw InvalidArgument("there is no text to embed");
  return vectors;
}

std::vector<float> from_file(const std::string& path, std::size_t rows, std::size_t& dimensions) {
  data::NumberMatrix matrix = data::read_npy(path);
  if (matrix.rows != rows) {
    throw DataError(Location{path},
                    fmt::format("expected a row for each of {} queries, came {}", rows, matrix.rows));
  }
  dimensions = matrix.columns;
  for (std::size_t i = 0; i < rows; ++i) {
    float* row = matrix.values.data() + i * matrix.columns;
    double squares = 0;
    for (std::size_t j = 0; j < matrix.columns; ++j) squares += static_cast<double>(row[j]) * row[j];
    if (!(squares > 0)) continue;
    const double scale = 1 / std::sqrt(squares);
    for (std::size_t j = 0; j < matrix.columns; ++j) row[j] = static_cast<float>(row[j] * scale);
  }
  return std::move(matrix.values);
}

}  // namespace

std::string embedding_id(const EmbeddingChoice& choice, std::size_t dimensions) {
  if (!is_foreign(choice)) return fmt::format("{}/{}", text::kHashedEmbedding, dimensions);
  if (!choice.model.empty()) return fmt::format("endpoint:{}/{}", choice.model, dimensions);
  const std::string name =
      choice.name.empty() ? std::filesystem::path(choice.vectors).filename().string() : choice.name;
  return fmt::format("npy:{}/{}", name, dimensions);
}

bool is_foreign(const EmbeddingChoice& choice) {
  if (!choice.vectors.empty() && !choice.model.empty()) {
    throw InvalidArgument("vectors come from a file or from an endpoint, came both");
  }
  return !choice.vectors.empty() || !choice.model.empty();
}

std::vector<float> foreign_vectors(const EmbeddingChoice& choice, const std::vector<std::string>& texts,
                                   CallLedger* ledger, std::size_t& dimensions,
                                   std::vector<embed::RefusedText>& refused, const Progress& progress) {
  if (!choice.vectors.empty()) return from_file(choice.vectors, texts.size(), dimensions);
  return from_endpoint(choice, texts, ledger, dimensions, refused, progress);
}

std::vector<std::string> notes_of(const std::vector<embed::RefusedText>& refused,
                                  const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 5;
  if (refused.empty()) return {};
  std::string note = fmt::format(
      "the endpoint of embeddings refuses the text of {} {}, which nothing is learnt from: ", refused.size(),
      refused.size() == 1 ? "query" : "queries");
  for (std::size_t i = 0; i < std::min(kNamed, refused.size()); ++i) {
    note += fmt::format("{}{} ({})", i == 0 ? "" : ", ", quoted(names.at(refused[i].text)), refused[i].why);
  }
  if (refused.size() > kNamed) note += ", ...";
  return {note};
}

CallLedger* ledger_of(store::Study& study, const EmbeddingChoice& choice) {
  return !choice.model.empty() && study.writable() ? &study.paid_calls() : nullptr;
}

text::EmbedAll embed_all(const EmbeddingChoice& choice, const std::vector<std::string>& texts, CallLedger* ledger,
                         std::size_t threads, std::size_t& dimensions, std::vector<embed::RefusedText>& refused) {
  if (is_foreign(choice)) {
    const std::vector<float> vectors = foreign_vectors(choice, texts, ledger, dimensions, refused);
    return [vectors](std::span<const std::size_t>) { return vectors; };
  }
  dimensions = choice.dimensions;
  return [&texts, threads, d = choice.dimensions](std::span<const std::size_t> training) {
    std::vector<std::string_view> corpus;
    corpus.reserve(training.size());
    for (const std::size_t i : training) corpus.emplace_back(texts[i]);
    const text::HashedEmbeddingFit fit = text::fit_hashed_embedding(corpus, d, threads);
    const text::HashedEmbedding embedding(fit.tables());
    std::vector<float> vectors(texts.size() * d);
    parallel_for(texts.size(), threads,
                 [&](std::size_t i) { embedding.embed(texts[i], std::span(vectors).subspan(i * d, d)); });
    return vectors;
  };
}

}  // namespace assay::routing

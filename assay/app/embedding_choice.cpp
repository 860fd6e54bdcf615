#include "assay/app/embedding_choice.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/data/npy.h"
#include "assay/text/hashed_embedding.h"

namespace assay {

std::string embedding_id(const EmbeddingChoice& choice, std::size_t dimensions) {
  if (choice.vectors.empty()) return fmt::format("{}/{}", kHashedEmbedding, dimensions);
  const std::string name =
      choice.name.empty() ? std::filesystem::path(choice.vectors).filename().string() : choice.name;
  return fmt::format("npy:{}/{}", name, dimensions);
}

std::vector<float> read_vectors(const std::string& path, std::size_t rows, std::size_t& dimensions) {
  NumberMatrix matrix = read_npy(path);
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

EmbedAll embed_all(const EmbeddingChoice& choice, const std::vector<std::string>& texts, std::size_t threads,
                   std::size_t& dimensions) {
  if (!choice.vectors.empty()) {
    const std::vector<float> vectors = read_vectors(choice.vectors, texts.size(), dimensions);
    return [vectors](std::span<const std::size_t>) { return vectors; };
  }
  dimensions = choice.dimensions;
  return [&texts, threads, d = choice.dimensions](std::span<const std::size_t> training) {
    std::vector<std::string_view> corpus;
    corpus.reserve(training.size());
    for (const std::size_t i : training) corpus.emplace_back(texts[i]);
    const HashedEmbeddingFit fit = fit_hashed_embedding(corpus, d, threads);
    const HashedEmbedding embedding(fit.tables());
    std::vector<float> vectors(texts.size() * d);
    parallel_for(texts.size(), threads,
                 [&](std::size_t i) { embedding.embed(texts[i], std::span(vectors).subspan(i * d, d)); });
    return vectors;
  };
}

}  // namespace assay

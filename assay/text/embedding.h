#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace assay {

/// Makes texts into vectors whose inner products say how alike the texts are.
class Embedding {
 public:
  virtual ~Embedding() = default;

  /// Name and parameters: "hashed-ngrams-v1/256". Vectors of embeddings with different ids can't be compared.
  virtual std::string id() const = 0;
  virtual std::size_t dimensions() const = 0;  ///< d.
  /// Writes a vector of length 1 for each text to `out`, texts x d; all 0 for a text that says nothing.
  virtual void embed(std::span<const std::string_view> texts, std::span<float> out, std::size_t threads) = 0;
};

}  // namespace assay

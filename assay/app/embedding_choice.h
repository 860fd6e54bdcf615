#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/sim/route_replay.h"
#include "assay/text/embedding.h"

namespace assay {

/// How texts become vectors. The built-in embedding unless something is named.
struct EmbeddingChoice {
  std::size_t dimensions = 256;  ///< Of the built-in one.
  std::string vectors = {};      ///< A .npy file, a row for each text, instead.
  std::string name = {};         ///< What made those vectors; empty: the name of the file.
};

/// The name and parameters of an embedding: vectors of different ids can't be compared.
std::string embedding_id(const EmbeddingChoice& choice, std::size_t dimensions);

/// Vectors of the `texts` by an embedding that has seen some of them; `dimensions` is set to their length. Throws
/// DataError if a .npy file can't be used, or has not a row for each text.
EmbedAll embed_all(const EmbeddingChoice& choice, const std::vector<std::string>& texts, std::size_t threads,
                   std::size_t& dimensions);

/// Rows of a .npy file scaled to length 1; `rows` of them.
std::vector<float> read_vectors(const std::string& path, std::size_t rows, std::size_t& dimensions);

}  // namespace assay

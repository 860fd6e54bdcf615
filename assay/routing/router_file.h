#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/file/mapped_file.h"
#include "assay/route/router_sections.h"
#include "assay/routing/embedding_choice.h"
#include "assay/text/hashed_embedding.h"

namespace assay::routing {

/// A router that was fitted before: the file is mapped, not parsed.
class RouterFile {
 public:
  /// Throws Error or DataError if there is no such file, or it is no router that this Assay can use.
  /// @param keep  `in_memory`: what becomes of the file later does not matter.
  explicit RouterFile(const std::string& path, file::MappedFile::Keep keep = file::MappedFile::Keep::in_file);

  const std::string& path() const { return path_; }
  const route::RouterContents& contents() const { return contents_; }
  const route::Router& router() const { return contents_.router; }

  /// Vectors of texts by the router's embedding. Throws InvalidArgument if `choice` is another one, and as
  /// foreign_vectors does.
  /// @param unfamiliar  If given, the indices of texts that the built-in embedding is not familiar with (see
  ///                    text::HashedEmbedding), ascending; none of vectors from elsewhere.
  std::vector<float> embed(const EmbeddingChoice& choice, const std::vector<std::string>& texts,
                           std::size_t threads, std::vector<std::size_t>* unfamiliar = nullptr) const;

  /// The same of queries to route: all 0, as of an empty text, where one is unfamiliar. Throws as `embed` does.
  std::vector<float> embed_queries(const EmbeddingChoice& choice, const std::vector<std::string>& texts,
                                   std::size_t threads) const;

  /// The vector of one text by the built-in embedding goes to `out`, which has the router's dimensions. Returns
  /// whether the embedding is familiar with the text. Throws InvalidArgument if the router was made with another
  /// one.
  bool embed(std::string_view text, std::span<float> out) const;

  /// Index of a model. Throws InvalidArgument if it is unknown, which names those that are known, or the nearest.
  std::size_t model(const std::string& name) const;

  /// Indices of these models, ascending; all if none is named. Throws as `model` does.
  std::vector<std::size_t> candidates(const std::vector<std::string>& models) const;

 private:
  std::string path_;
  file::MappedFile file_;
  route::RouterContents contents_;
  std::optional<text::HashedEmbedding> hashed_;
};

/// Whether this is how a router file begins.
bool is_router(std::string_view start);

/// Writes a router, in place of the file that is there once it is complete. Throws Error.
void write_router(const std::string& path, const route::RouterContents& contents);

}  // namespace assay::routing

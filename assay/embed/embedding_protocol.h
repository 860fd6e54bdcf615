#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/http/api_json.h"

namespace assay::embed {

// What goes over the wire to an OpenAI-compatible API and comes back: POST URL/embeddings.

/// The body of a request for the vectors of `texts`. Bytes that are not UTF-8 are replaced.
std::string embedding_request(std::string_view model, std::span<const std::string_view> texts);

struct EmbeddingReply {
  /// In the order of the request; empty if there is a problem, one empty if it is not of finite numbers.
  std::vector<std::vector<float>> vectors;
  std::string problem;   ///< What came instead, fit for a terminal; empty: there is a vector at least.
  std::string overflow;  ///< What a vector had that is not of finite numbers; empty: each is. Servers have that of
                         ///< some texts.
};

/// Reads a reply to a request for `count` texts, in whatever order its items come. All vectors have one length.
EmbeddingReply read_embedding_reply(std::string_view body, std::size_t count);
/// The same of a body that was read already.
EmbeddingReply read_embeddings(const http::ApiJson& body, std::size_t count);

}  // namespace assay::embed

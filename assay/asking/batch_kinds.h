#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "assay/core/paid_calls.h"
#include "assay/http/api_json.h"
#include "assay/judge/prices.h"

namespace assay::asking {

/// What an answer to a request of a batch says.
struct BatchReply {
  PaidCall call;        ///< As the ledger keeps it.
  std::string why;      ///< Of a failure, fit for a terminal.
  bool final = false;   ///< It failed, and is of no use to ask again.
  bool passes = false;  ///< It failed for nothing that is about the request: too many at once, and the like.
};

/// How a reply is billed.
struct BatchBilling {
  std::optional<judge::Price> price;  ///< Of the batch; empty: not known.
  std::size_t max_tokens = 0;         ///< Of a reply.
};

/// What batches ask for. A row of a table.
struct BatchKind {
  std::string_view path;  ///< Of the requests: "/v1/embeddings".
  /// Reads the reply to the request of this body.
  BatchReply (*read)(const std::string& request, int status, const http::ApiJson& reply,
                     const BatchBilling& billing);
};

/// Chat completions, a judge's.
const BatchKind& chat_batches();
/// Embeddings, one text a request: a vector is kept as embed::EmbeddingEndpoint keeps it.
const BatchKind& embedding_batches();

}  // namespace assay::asking

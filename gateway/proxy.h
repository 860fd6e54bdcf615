#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gateway/chat_request.h"
#include "gateway/decision.h"
#include "gateway/decision_log.h"
#include "gateway/metrics.h"
#include "gateway/reply_stream.h"
#include "gateway/serving.h"
#include "gateway/upstream_request.h"
#include "server/http_server.h"

namespace assay::gateway {

/// What requests share; outlives them.
struct ProxyShared {
  server::HttpServer& server;
  Metrics& metrics;
  ReplyReader& reader;
  DecisionLog* log = nullptr;  ///< Of what is routed; nullptr: none.
  Note note = {};              ///< What whoever serves is told; empty: nobody.
  std::size_t under_way = 0;   ///< Requests.
};

/// A client's request that models are to answer.
struct ProxyRequest {
  Operation operation = Operation::chat;
  server::Request request = {};
  ChatRequest read;  ///< Of its body.
  std::shared_ptr<const Serving> serving;
  std::vector<std::size_t> order = {};  ///< Models to ask in turn, until one answers; at least one.
  const Profile* profile = nullptr;     ///< Of `serving`; nullptr: the client named a model.
  Decision decision = {};               ///< With a profile; its order is `order`.
};

/// Passes a request on, and the reply back, as it comes. Until the first byte of an answer is on its way to the
/// client, a model that fails is asked once more where that may help, and then the next one is asked; models whose
/// circuit is open come last. A reply that is no JSON, or no answer, is a failure; one that tells the number of a
/// status in its body counts as if it had that status. What the last one says is passed on, else the client gets
/// 502, 503 or 504 with an error in the way of OpenAI's. After the first byte a failure ends the client's
/// connection in the middle of the reply; an error among the events of a stream is passed on. A client that leaves
/// ends its upstream request.
void proxy(ProxyShared& shared, ProxyRequest request, server::Responder responder);

/// {"error": ...} in the way of OpenAI's.
server::Response error_reply(int status, std::string_view message, server::Headers headers = {});

}  // namespace assay::gateway

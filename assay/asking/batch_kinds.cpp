#include "assay/asking/batch_kinds.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "assay/embed/embedding_protocol.h"
#include "assay/embed/kept_vector.h"
#include "assay/http/api_complaint.h"
#include "assay/http/trouble.h"
#include "assay/judge/call_failure.h"
#include "assay/judge/chat_protocol.h"
#include "assay/judge/exchange.h"
#include "assay/judge/usage.h"

namespace assay::asking {
namespace {

using http::ApiJson;
using http::member;

http::HttpReply as_http(int status, const ApiJson& body) {
  http::HttpReply reply;
  reply.status = status;
  reply.content_type = "application/json";
  reply.body = http::to_text(body);
  return reply;
}

BatchReply read_chat(const std::string& request, int status, const ApiJson& body, const BatchBilling& billing) {
  judge::Exchange exchange = judge::read_exchange(as_http(status, body));
  const auto read = judge::read_chat_request(request);
  const std::size_t prompt_bytes = read ? read->user_message.size() : request.size();
  Money most;
  if (billing.price) most = judge::most_cost(*billing.price, judge::most_tokens(prompt_bytes), billing.max_tokens);
  exchange.bill(billing.price, {prompt_bytes, billing.max_tokens}, most);
  const bool passes = exchange.trouble && exchange.trouble->passes;
  // A reply that was cut off would be cut off again.
  const bool final = (exchange.trouble && !passes) || exchange.chat.failure == judge::CallFailure::truncated;
  return {std::move(exchange.call), std::move(exchange.chat.detail), final, passes};
}

BatchReply failed_embedding(const http::Trouble& trouble, const http::HttpReply& reply,
                            const BatchBilling& billing) {
  BatchReply read;
  read.why = fmt::format("status {}, {}", trouble.status, http::api_complaint(reply.body));
  read.final = !trouble.passes;
  read.passes = trouble.passes;
  read.call.failure = static_cast<std::uint8_t>(judge::failure_of(trouble));
  read.call.content = read.why;
  if (billing.price) read.call.cost = Money{};
  return read;
}

// Vectors are large: they are read from the tree, and not written as text for it.
BatchReply read_embedding(const std::string& request, int status, const ApiJson& body,
                          const BatchBilling& billing) {
  constexpr int kGood = 200;
  if (status != kGood || !member(body, "error").is_null()) {
    const http::HttpReply reply = as_http(status, body);
    if (const auto trouble = http::trouble_in(reply)) return failed_embedding(*trouble, reply, billing);
  }
  BatchReply read;
  embed::EmbeddingReply vectors = embed::read_embeddings(body, 1);
  if (vectors.problem.empty()) {
    read.call.content = embed::kept_text(embed::normalized(std::move(vectors.vectors[0])));
  } else {
    read.why = std::move(vectors.problem);
    read.call.content = read.why;
    read.call.failure = static_cast<std::uint8_t>(judge::CallFailure::not_chat);
  }
  const judge::Usage usage = judge::usage_of(member(body, "usage"));
  read.call.tokens_in = usage.tokens_in ? usage.tokens_in : usage.total;
  read.call.certain = read.call.tokens_in.has_value();
  if (billing.price) {
    const std::uint64_t tokens = read.call.tokens_in.value_or(judge::most_tokens(request.size()));
    read.call.cost = judge::cost(*billing.price, tokens, 0);
  }
  return read;
}

constexpr BatchKind kChat{"/v1/chat/completions", read_chat};
constexpr BatchKind kEmbeddings{"/v1/embeddings", read_embedding};

}  // namespace

const BatchKind& chat_batches() { return kChat; }
const BatchKind& embedding_batches() { return kEmbeddings; }

}  // namespace assay::asking

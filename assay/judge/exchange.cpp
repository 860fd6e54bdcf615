#include "assay/judge/exchange.h"

#include <fmt/format.h>

#include "assay/http/api_complaint.h"

namespace assay::judge {
namespace {

constexpr std::size_t kKeptBytes = 4000;  // of what is said about a failure

CallFailure failure_of_connection(http::HttpFailure failure) {
  switch (failure) {
    case http::HttpFailure::none: return CallFailure::none;
    case http::HttpFailure::unreachable: return CallFailure::unreachable;
    case http::HttpFailure::stopped:  // by a reader of chunks, and there is none here
    case http::HttpFailure::broken_off: return CallFailure::broken_off;
    case http::HttpFailure::timed_out: return CallFailure::timed_out;
    case http::HttpFailure::too_large: return CallFailure::too_large;
  }
  return CallFailure::broken_off;
}

ChatReply read_reply(const http::HttpReply& reply, const std::optional<http::Trouble>& trouble) {
  if (reply.failure == http::HttpFailure::none) {
    ChatReply read = read_chat_reply(reply.status, reply.content_type, reply.body);
    if (!trouble) return read;
    read.failure = failure_of(*trouble);
    read.content.clear();
    read.detail = reply.status == 200 ? fmt::format("expected a chat completion, came an error (status {}): {}",
                                                    trouble->status, http::api_complaint(reply.body))
                                      : read.detail;
    return read;
  }
  ChatReply failed;
  failed.failure = failure_of_connection(reply.failure);
  failed.detail = reply.detail;
  return failed;
}

}  // namespace

CallFailure failure_of(const http::Trouble& trouble) {
  constexpr int kTooManyRequests = 429;
  if (trouble.status == kTooManyRequests) return CallFailure::rate_limited;
  return trouble.passes ? CallFailure::server_error : CallFailure::rejected;
}

Exchange read_exchange(const http::HttpReply& reply) {
  Exchange exchange;
  exchange.trouble = http::trouble_in(reply);
  exchange.chat = read_reply(reply, exchange.trouble);
  exchange.replied = reply.failure == http::HttpFailure::none && !exchange.trouble;
  exchange.told = exchange.chat.tokens_in || exchange.chat.tokens_out || exchange.chat.usage.total;
  return exchange;
}

void Exchange::bill(const std::optional<Price>& price, const Asked& asked, Money set_aside) {
  call.failure = static_cast<std::uint8_t>(chat.failure);
  call.content = chat.content.empty() ? chat.detail.substr(0, kKeptBytes) : chat.content;
  call.tokens_in = chat.tokens_in;
  call.tokens_out = chat.tokens_out;
  const bool billed = told || (trouble ? trouble->may_cost : entry(chat.failure).billed);
  call.certain = !billed || chat.usage.certain;
  if (price) call.cost = billed ? bill_of(chat.usage, *price, asked, set_aside).cost : Money{};
}

}  // namespace assay::judge

#pragma once

#include <cstddef>
#include <optional>

#include "assay/core/money.h"
#include "assay/core/paid_calls.h"
#include "assay/http/http_client.h"
#include "assay/http/trouble.h"
#include "assay/judge/call_failure.h"
#include "assay/judge/chat_protocol.h"
#include "assay/judge/prices.h"
#include "assay/judge/usage.h"

namespace assay::judge {

/// A request's reply as it is read, and what it is billed. An example of use:
///
///     Exchange exchange = read_exchange(reply);
///     exchange.bill(price, {prompt_bytes, max_tokens}, set_aside);
///     ledger.keep(key, exchange.call);
struct Exchange {
  std::optional<http::Trouble> trouble;  ///< Of an error reply, or of none at all.
  ChatReply chat;
  bool replied = false;  ///< There is a reply that is no error.
  bool told = false;     ///< It says how many tokens it took.
  PaidCall call;         ///< After `bill`.

  /// Fills in `call`. `price` empty: not known, as the cost then. `set_aside`: what it costs at most if nothing
  /// tells.
  void bill(const std::optional<Price>& price, const Asked& asked, Money set_aside);
};

/// As what an error reply counts.
CallFailure failure_of(const http::Trouble& trouble);

/// Without `call`.
Exchange read_exchange(const http::HttpReply& reply);

}  // namespace assay::judge

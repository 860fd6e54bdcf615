#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/money.h"
#include "assay/core/paid_calls.h"
#include "assay/core/progress.h"
#include "assay/embed/embedding_protocol.h"
#include "assay/http/concurrency_limiter.h"
#include "assay/http/endpoint_watch.h"
#include "assay/http/http_client.h"
#include "assay/http/request_batch.h"

namespace assay::embed {

/// By which rules an endpoint is asked for embeddings.
struct EmbeddingRules {
  std::string url;           ///< Of the API with its version; part of the key under which vectors are kept.
  std::string model;         ///< As the endpoint calls it.
  http::HttpRequest post{};  ///< What each request is made from; its body is the batch's.
  std::size_t batch = 64;    ///< Texts of a request, at least 1.
  std::size_t tries = 3;     ///< Of a request, at least 1. Trouble of the endpoint as a whole is not a try.
  http::Milliseconds patience{300'000};  ///< How long such trouble is waited for before OracleError.
  http::ConcurrencySettings concurrency{.most = 4};
  /// Requests, of a text each, are collected there instead of sent. Must outlive the endpoint.
  http::RequestBatch* collect_in = nullptr;
  /// What a text of so many bytes may cost there; empty: not known.
  std::function<Money(std::size_t bytes)> most_cost = {};
};

/// What follows the address of an API.
inline constexpr std::string_view kEmbeddingsPath = "embeddings";

/// A text that the endpoint refuses.
struct RefusedText {
  std::size_t text = 0;  ///< Index into the texts of `embed`; the first of equal ones.
  std::string why;       ///< What the endpoint says, fit for a terminal.
};

/// Vectors of texts by an endpoint, batched, several requests at once as its limiter allows. Each vector is kept in
/// the ledger as soon as it is there, and one that is kept is not asked for again.
class EmbeddingEndpoint {
 public:
  /// Both must outlive it; without a ledger nothing is kept. Throws InvalidArgument for rules out of range.
  EmbeddingEndpoint(http::HttpClient& client, CallLedger* ledger, EmbeddingRules rules);

  /// A vector of length 1 for each text, one after the other; all 0 for an empty text, which no endpoint is asked.
  /// Texts that are equal are asked once. A batch that is refused for what it holds (400, 403, 413, 422) is split;
  /// a text that is refused alone gets zeros and is told by `refused`. Throws OracleError when the endpoint refuses
  /// whatever it is asked (with what it says), answers something else, or can't be reached; DataError if vectors
  /// have different lengths; http::BatchAwaited when texts are collected.
  std::vector<float> embed(std::span<const std::string_view> texts, const Progress& progress = {});

  /// Of all texts so far, in their order.
  const std::vector<RefusedText>& refused() const { return refused_; }
  std::size_t dimensions() const { return dimensions_; }  ///< Of the vectors so far; 0 before the first.
  std::size_t requests() const { return requests_; }      ///< Sent, each try counted.

  /// Called now and then while requests are under way; may throw to stop.
  std::function<void()> tick;
  /// Told in one line, again and again, while nothing is sent because the endpoint is in trouble.
  std::function<void(std::string_view why)> troubled;

 private:
  struct Batch;
  struct Run;

  void drain(Run& run);
  std::string request_for(std::string_view text) const;
  bool take_kept(Run& run, std::size_t unique);
  void collect(Run& run);
  void send_batches(Run& run);
  void land(Run& run, std::uint64_t id, const http::HttpReply& reply);
  void act(Run& run, Batch batch, const http::WhatNext& next, const std::string& what);
  bool break_up(Run& run, Batch& batch, const std::string& what, http::Milliseconds now);
  void split(Run& run, const Batch& batch, const std::string& what);
  void refuse(Run& run, std::size_t unique, const std::string& what);
  void keep(Run& run, const Batch& batch, EmbeddingReply reply);
  void check_length(std::size_t length);

  http::HttpClient& client_;
  CallLedger* ledger_;
  EmbeddingRules rules_;
  http::EndpointWatch watch_;
  std::vector<RefusedText> refused_;
  std::size_t dimensions_ = 0;
  std::size_t requests_ = 0;
};

}  // namespace assay::embed

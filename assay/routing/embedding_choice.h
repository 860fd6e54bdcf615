#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/paid_calls.h"
#include "assay/core/progress.h"
#include "assay/embed/embedding_endpoint.h"
#include "assay/http/http_client.h"
#include "assay/store/study.h"
#include "assay/text/embed_all.h"

namespace assay::routing {

/// How texts become vectors. The built-in embedding unless something is named.
struct EmbeddingChoice {
  std::size_t dimensions = 256;  ///< Of the built-in one.
  std::string vectors = {};      ///< A .npy file, a row for each text, instead.
  std::string name = {};         ///< What made those vectors; empty: the name of the file.
  std::string model = {};        ///< An OpenAI-compatible endpoint instead: its model,
  std::string url = {};          ///< its address with the version,
  std::string key = {};          ///< and the key that it wants; never shown.
  http::Headers headers = {};    ///< More that each request has; as ApiAccess.
  std::size_t batch = 64;        ///< Texts of a request to it.
  std::string batch_folder =
      {};                       ///< Where requests to it are collected as batches instead of sent; empty: nowhere.
  std::string price_file = {};  ///< What it costs, of which a batch costs half; empty: as remembered.
  std::chrono::milliseconds timeout{60'000};
  bool heed_environment = false;
  http::HttpClient* client = nullptr;                      ///< Instead of a real one, for tests.
  http::RequestBatch* collect_in = nullptr;                ///< As in EmbeddingRules; of the `batch_folder`.
  std::function<Money(std::size_t bytes)> most_cost = {};  ///< Likewise.
  std::function<void()> waiting = {};  ///< Called while requests are under way; may throw to stop.
  /// Told in one line, again and again, why nothing is sent to an endpoint in trouble; fit for a terminal.
  std::function<void(std::string_view)> troubled = {};
};

/// The name and parameters of an embedding: vectors of different ids can't be compared.
std::string embedding_id(const EmbeddingChoice& choice, std::size_t dimensions);

/// Vectors of length 1 from the .npy file, or from the endpoint, in the order of `texts`; `dimensions` is set to
/// their length. What an endpoint gave is kept in `ledger`, if there is one. Texts that it refuses have zeros and
/// are told in `refused`. Throws InvalidArgument, DataError if the file can't be used or has not a row for each
/// text, OracleError if the endpoint gives nothing, http::BatchAwaited if its requests are collected.
std::vector<float> foreign_vectors(const EmbeddingChoice& choice, const std::vector<std::string>& texts,
                                   CallLedger* ledger, std::size_t& dimensions,
                                   std::vector<embed::RefusedText>& refused, const Progress& progress = {});
/// What people should be told of them, a note; none if nothing was refused. `names`: of the texts.
std::vector<std::string> notes_of(const std::vector<embed::RefusedText>& refused,
                                  const std::vector<std::string>& names);
/// True if the vectors are not made by the built-in embedding. Throws InvalidArgument if both a file and an
/// endpoint are named.
bool is_foreign(const EmbeddingChoice& choice);

/// Vectors of the `texts`, which must outlive the result, by an embedding that has seen some of them; `dimensions`
/// is set to their length. Throws as foreign_vectors does.
text::EmbedAll embed_all(const EmbeddingChoice& choice, const std::vector<std::string>& texts, CallLedger* ledger,
                         std::size_t threads, std::size_t& dimensions, std::vector<embed::RefusedText>& refused);

/// Where vectors that an endpoint gives are kept: in the study, if it can be written. Null if no endpoint is asked.
CallLedger* ledger_of(store::Study& study, const EmbeddingChoice& choice);

}  // namespace assay::routing

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "assay/asking/answer_book.h"
#include "assay/asking/response_book.h"

namespace assay::server {

/// How a replayed judge behaves. Rates are shares of the requests, in [0, 1]; which requests they hit is drawn from
/// the seed and the request's number, in the order of arrival.
struct ReplayJudgeOptions {
  std::uint16_t port = 0;              ///< 0: any.
  std::chrono::milliseconds delay{0};  ///< Before each reply.
  double error_rate = 0;               ///< 500 to 503.
  double rate_limit_rate = 0;          ///< 429.
  double malformed_rate = 0;           ///< 200 with something in the body that is no answer.
  double first_rate = 0;  ///< Pairs, as answers: the first response is preferred, whatever stands there.
  std::chrono::seconds retry_after{1};   ///< Of 429, told in Retry-After; 0: not told.
  std::vector<std::string> quirks = {};  ///< As quirks.h names them.
  /// Of models that answer prompts beside the judge; outlives the server. nullptr: none.
  const asking::ResponseBook* responses = nullptr;
  bool stream = false;  ///< Server-sent events even where the request does not ask for them.
  std::uint64_t seed = 1;
};

struct ReplayJudgeCounts {
  std::size_t connections = 0;
  std::size_t requests = 0;
  std::size_t answered = 0;
  std::size_t responses = 0;  ///< Of `answered`, those of a model that answers prompts.
  std::size_t unknown = 0;    ///< Prompts that are not in the book, and what is no request.
  std::size_t errors = 0;
  std::size_t rate_limited = 0;
  std::size_t malformed = 0;
  std::size_t embeddings = 0;
  std::size_t quirks = 0;        ///< Requests that got a quirk in place of an answer.
  std::uint64_t tokens_in = 0;   ///< As the endpoint bills its answers to chats, whatever it tells.
  std::uint64_t tokens_out = 0;  ///< Reasoning included.
};

/// An OpenAI-compatible server on 127.0.0.1, one thread: POST /v1/chat/completions answers from a book, with usage
/// in tokens (a token is taken for four bytes, rounded up); POST /v1/embeddings gives vectors that depend on the
/// text alone; GET /v1/models.
class ReplayJudge {
 public:
  /// Listens from now on. `book` must outlive it. Throws InvalidArgument for options out of range, Error if the
  /// port is taken.
  ReplayJudge(const asking::AnswerBook& book, const ReplayJudgeOptions& options);
  ~ReplayJudge();
  ReplayJudge(const ReplayJudge&) = delete;
  ReplayJudge& operator=(const ReplayJudge&) = delete;

  std::uint16_t port() const;
  /// Serves until `stop`, or until one of the signals comes, if they are wanted.
  void run(bool until_signal);
  /// Whether a line of a batch's input file asks for embeddings, which no book is needed for.
  static bool asks_embeddings(const std::string& line);
  /// The reply to a line of a batch's input file, as a line of its output file, without its end. A request that is
  /// turned away, or whose reply is no JSON, is a line with an error, as of a batch that expired. Not while it
  /// serves.
  std::string answer_batch_line(const std::string& line);
  /// From any thread.
  void stop();
  /// After `run`.
  const ReplayJudgeCounts& counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::server

#pragma once

#include <string>
#include <thread>

#include "assay/asking/answer_book.h"
#include "server/replay_judge.h"

namespace assay {

/// A server of a study's judgements in a thread of its own, which ends with the object. The book must outlive it.
class Serving {
 public:
  explicit Serving(const asking::AnswerBook& book, const server::ReplayJudgeOptions& options = {})
      : server_(book, options), thread_([this] { server_.run(false); }) {}
  ~Serving() { stop(); }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }
  /// What it served.
  const server::ReplayJudgeCounts& stop() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
    return server_.counts();
  }

 private:
  server::ReplayJudge server_;
  std::uint16_t port_ = server_.port();
  std::thread thread_;
};

}  // namespace assay

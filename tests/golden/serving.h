#pragma once

#include <string>
#include <thread>

#include "assay/app/answer_book.h"
#include "server/replay_judge.h"

namespace assay {

/// The judgements of a study behind a port, in a thread of its own, which ends with the object.
class Serving {
 public:
  explicit Serving(const std::string& study, const ReplayJudgeOptions& options = {})
      : book_(make_answer_book({.study = study})),
        server_(book_.book, options),
        thread_([this] { server_.run(false); }) {}
  ~Serving() { stop(); }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/v1"; }
  void stop() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }
  /// Of a server that was stopped.
  const ReplayJudgeCounts& counts() const { return server_.counts(); }

 private:
  AnswerBookReport book_;
  ReplayJudge server_;
  std::thread thread_;
};

}  // namespace assay

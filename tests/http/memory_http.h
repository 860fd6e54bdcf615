#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/http/http_client.h"

namespace assay {

/// A network and a clock in memory: what comes back, and after how long, is a script; waiting takes no time.
class MemoryHttp : public http::HttpClient {
 public:
  struct Answer {
    http::HttpReply reply;
    http::Milliseconds after{10};
  };
  /// What is done with the i-th request, from 0.
  using Script = std::function<Answer(std::size_t i, const std::string& body)>;

  explicit MemoryHttp(Script script) : script_(std::move(script)) {}

  std::uint64_t send(http::HttpRequest request) override {
    Answer answer = script_(bodies.size(), request.body);
    bodies.push_back(request.body);
    sent_at.push_back(now_);
    const std::uint64_t id = bodies.size();
    due_.emplace(now_ + answer.after, Due{id, std::move(answer.reply), std::move(request.on_chunk)});
    most_at_once = std::max(most_at_once, due_.size());
    last = std::move(request);
    return id;
  }

  void cancel(std::uint64_t id) override {
    std::erase_if(due_, [id](const auto& due) { return due.second.id == id; });
  }

  std::size_t in_flight() const override { return due_.size(); }

  void wait(http::Milliseconds most, const std::function<void(std::uint64_t, http::HttpReply)>& take) override {
    const http::Milliseconds until = now_ + most;
    if (due_.empty() || due_.begin()->first > until) {
      now_ = until;
      return;
    }
    now_ = std::max(now_, due_.begin()->first);
    while (!due_.empty() && due_.begin()->first <= now_) {
      Due due = std::move(due_.begin()->second);
      due_.erase(due_.begin());
      if (due.on_chunk && due.reply.failure == http::HttpFailure::none) hand_on(due);
      take(due.id, std::move(due.reply));
    }
  }

  http::Milliseconds now() const override { return now_; }

  std::vector<std::string> bodies;
  std::vector<http::Milliseconds> sent_at;
  std::size_t most_at_once = 0;
  http::HttpRequest last;  ///< The last request, whole.

 private:
  struct Due {
    std::uint64_t id = 0;
    http::HttpReply reply;
    std::function<bool(const http::HttpReply&, std::string_view)> on_chunk;
  };

  // The whole body as one chunk.
  static void hand_on(Due& due) {
    const std::string body = std::exchange(due.reply.body, {});
    if (!body.empty() && !due.on_chunk(due.reply, body)) due.reply.failure = http::HttpFailure::stopped;
  }

  Script script_;
  http::Milliseconds now_{1000};
  std::multimap<http::Milliseconds, Due> due_;
};

/// Replies as a server gives them.
inline MemoryHttp::Answer http_answer(int status, std::string body,
                                      http::Milliseconds after = http::Milliseconds(10)) {
  MemoryHttp::Answer answer;
  answer.reply.status = status;
  answer.reply.content_type = "application/json";
  answer.reply.body = std::move(body);
  answer.after = after;
  return answer;
}

/// No reply at all: the failing twin.
inline MemoryHttp::Answer http_failure(http::HttpFailure failure,
                                       http::Milliseconds after = http::Milliseconds(10)) {
  MemoryHttp::Answer answer;
  answer.reply.failure = failure;
  answer.reply.detail = "it was told to fail";
  answer.after = after;
  return answer;
}

}  // namespace assay

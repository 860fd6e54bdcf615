#include "assay/http/recording_client.h"

#include <fmt/format.h>

#include <utility>

#include "assay/core/error.h"
#include "assay/http/redaction.h"

namespace assay::http {

std::uint64_t RecordingClient::send(HttpRequest request) {
  if (sent_ == most_) throw OracleError(fmt::format("{} requests were sent, and no more are to be", most_));
  Open open{request, now()};
  const std::uint64_t id = client_.send(std::move(request));
  ++sent_;
  open_.emplace(id, std::move(open));
  return id;
}

void RecordingClient::wait(Milliseconds most, const std::function<void(std::uint64_t, HttpReply)>& take) {
  client_.wait(most, [&](std::uint64_t id, HttpReply reply) {
    if (const auto found = open_.find(id); found != open_.end()) {
      Open open = std::move(found->second);
      open_.erase(found);
      HttpReply told = redacted(reply, open.request);
      exchanges_.push_back({std::move(open.request.body), std::move(told), now() - open.began});
    }
    take(id, std::move(reply));
  });
}

}  // namespace assay::http

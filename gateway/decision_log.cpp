#include "gateway/decision_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "assay/core/error.h"
#include "assay/data/outcome_lines.h"
#include "assay/judge/prices.h"
#include "assay/report/json.h"

namespace assay::gateway {
namespace {

// Of a pipe that nobody reads it is told at once, and a reader that is slow loses lines, as requests can't wait.
int opened(const std::string& path) {
  constexpr mode_t kOwn = 0600;
  return open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, kOwn);
}

// A file whose last line has no end: the disk was full, or a process was killed.
bool ends_within_line(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
  struct stat status {};
  char last = '\n';
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
      pread(file, &last, 1, status.st_size - 1) != 1) {
    last = '\n';
  }
  close(file);
  return last != '\n';
}

}  // namespace

class DecisionLog::Impl {
 public:
  Impl(std::string path, LogOptions options) : path_(std::move(path)), options_(options), file_(opened(path_)) {
    if (file_ < 0) throw Error("the log " + quoted(path_) + " can't be opened (" + std::strerror(errno) + ")");
    torn_ = ends_within_line(path_);
  }
  ~Impl() { close(file_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool write(const Logged& request, const Decision& decision, const Profile& profile,
             const Configuration& configuration) {
    using report::Json;
    Json line = Json::object();
    line.set("id", request.id).set("time", request.time).set("profile", profile.name);
    if (request.answered != kNone) {
      const Decision::Choice& choice = decision.order.at(request.answered);
      const Upstream& upstream = configuration.models[choice.model];
      line.set("model", upstream.router_name).set("chance", choice.chance).set("tried", request.answered + 1);
      if (request.tokens && upstream.price) {
        line.set("cost", judge::exact_dollars(*upstream.price, request.tokens->in, request.tokens->out));
      }
    } else {
      line.set("tried", request.failed == kNone ? decision.order.size() : request.failed + 1);
      if (request.failed != kNone) {
        line.set("failed", configuration.models[decision.order.at(request.failed).model].router_name);
      }
    }
    const bool in_place = request.answered != kNone && request.answered > 0;
    const std::size_t first = decision.order.front().model;
    line.set("routed", decision.routed);
    line.set("why", in_place
                        ? fmt::format("asked in place of {}, which failed", configuration.models[first].router_name)
                        : decision.why);
    line.set("status", request.status).set("seconds", request.seconds);
    if (request.tokens) line.set("tokens_in", request.tokens->in).set("tokens_out", request.tokens->out);
    if (options_.prompts) line.set("prompt", request.text);
    if (options_.vectors && !decision.vector.empty()) {
      line.set("vector", data::vector_text(decision.vector)).set("embedding", request.embedding);
    }
    return append(line.compact() + "\n");
  }

  bool has_vectors() const { return options_.vectors; }

  bool reopen() {
    const int anew = opened(path_);
    if (anew < 0) return false;
    close(std::exchange(file_, anew));
    torn_ = ends_within_line(path_);
    return true;
  }

 private:
  // What is left of a line from when the disk was full ends before the next one.
  bool append(std::string bytes) {
    if (torn_) bytes.insert(0, 1, '\n');
    ssize_t written = 0;
    do {
      written = ::write(file_, bytes.data(), bytes.size());
    } while (written < 0 && errno == EINTR);
    if (written == static_cast<ssize_t>(bytes.size())) {
      torn_ = false;
      return true;
    }
    torn_ = torn_ || written > 0;
    return false;
  }

  std::string path_;
  LogOptions options_;
  int file_;
  bool torn_ = false;
};

DecisionLog::DecisionLog(std::string path, LogOptions options)
    : impl_(std::make_unique<Impl>(std::move(path), options)) {}
DecisionLog::~DecisionLog() = default;

bool DecisionLog::write(const Logged& request, const Decision& decision, const Profile& profile,
                        const Configuration& configuration) {
  return impl_->write(request, decision, profile, configuration);
}
bool DecisionLog::has_vectors() const { return impl_->has_vectors(); }
bool DecisionLog::reopen() { return impl_->reopen(); }

}  // namespace assay::gateway

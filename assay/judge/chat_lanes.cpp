#include "assay/judge/chat_lanes.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/paid_calls.h"

namespace assay::judge {
namespace {

constexpr http::Milliseconds kTick{250};
constexpr http::Milliseconds kDrain{2000};  // less than what Ctrl-C leaves

// Replies that are there together are kept together, also where one of them ends the run.
class Group {
 public:
  explicit Group(CallLedger& ledger) : ledger_(&ledger) { ledger.begin_group(); }
  ~Group() {
    if (ledger_ == nullptr) return;
    try {
      ledger_->end_group();
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the exception under way is the one to be told
    }
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  void end() {
    ledger_->end_group();
    ledger_ = nullptr;
  }

 private:
  CallLedger* ledger_;
};

// The lanes while they are worked off.
class Lanes {
 public:
  Lanes(http::HttpClient& client, std::span<ChatLane> lanes) : client_(client) {
    for (ChatLane& lane : lanes) {
      lane.calls->begin(*lane.tasks);
      all_.push_back({&lane, {}});
    }
  }

  // False: nothing is left to do.
  bool send() {
    bool open = false;
    for (One& one : all_) {
      if (!one.stops) guarded(one, [&] { one.lane->calls->send(); });
      if (one.stops && client_.now() >= *one.stops) one.lane->calls->abandon();
      open = open || !over(one);
    }
    return open;
  }

  bool stalled() const {
    return std::all_of(all_.begin(), all_.end(),
                       [](const One& one) { return over(one) || (!one.stops && one.lane->calls->stalled()); });
  }

  http::Milliseconds rest() const {
    http::Milliseconds most = kTick;
    for (const One& one : all_) {
      if (over(one)) continue;
      one.lane->calls->tell_trouble();
      most = std::min(
          most, one.stops ? std::max(http::Milliseconds(0), *one.stops - client_.now()) : one.lane->calls->rest());
    }
    return most;
  }

  void take_replies(http::Milliseconds most) {
    std::optional<Group> group;
    client_.wait(most, [&](std::uint64_t id, http::HttpReply reply) {
      if (!group) group.emplace(all_.front().lane->calls->ledger());
      for (One& one : all_) {
        if (!one.lane->calls->has(id)) continue;
        guarded(one, [&] { one.lane->calls->take(id, std::move(reply)); });
        return;
      }
    });
    if (group) group->end();
  }

  // Nothing more is sent, what is under way is paid for.
  void drain() {
    for (One& one : all_) one.lane->calls->stop();
    const http::Milliseconds until = client_.now() + kDrain;
    const auto under_way = [](const One& one) { return one.lane->calls->under_way() > 0; };
    try {
      while (client_.now() < until && std::any_of(all_.begin(), all_.end(), under_way)) {
        take_replies(until - client_.now());
      }
    } catch (...) {  // NOLINT(bugprone-empty-catch): the first exception is the one to be told
    }
    for (One& one : all_) one.lane->calls->abandon();
  }

 private:
  struct One {
    ChatLane* lane;
    std::optional<http::Milliseconds> stops;  // it has ended, and what is under way is waited for until then
  };

  static bool over(const One& one) {
    return one.stops ? one.lane->calls->under_way() == 0 : one.lane->calls->over();
  }

  template <typename Work>
  void guarded(One& one, const Work& work) {
    try {
      work();
    } catch (const EndpointEnded& ended) {
      if (one.stops) return;
      one.lane->ended = ended.what();
      one.lane->calls->stop();
      one.stops = client_.now() + kDrain;
    }
  }

  http::HttpClient& client_;
  std::vector<One> all_;
};

}  // namespace

void run_together(http::HttpClient& client, std::span<ChatLane> lanes, const std::function<void()>& tick,
                  const std::function<bool()>& stalled) {
  if (lanes.empty()) return;
  Lanes all(client, lanes);
  try {
    while (all.send()) {
      if (tick) tick();
      if (stalled && all.stalled() && !stalled()) return;
      all.take_replies(all.rest());
    }
    if (tick) tick();
  } catch (...) {
    all.drain();
    throw;
  }
}

}  // namespace assay::judge

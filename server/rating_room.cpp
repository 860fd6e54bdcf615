#include "server/rating_room.h"

#include <chrono>
#include <mutex>
#include <utility>

#include "assay/app/rate.h"
#include "server/task_thread.h"

namespace assay::server {
namespace {

app::RateRequest rate_request(const app::SelectRequest& select, const RaterSettings& raters) {
  app::RateRequest request;
  request.select = select;
  request.raters.raters = raters.raters;
  request.raters.share_given_twice = raters.share_given_twice;
  request.raters.secret = raters.secret;
  return request;
}

}  // namespace

class RatingRoom::Impl {
 public:
  Impl(const app::SelectRequest& request, const RaterSettings& raters, std::function<void()> changed)
      : changed_(std::move(changed)), rating_(rate_request(request, raters)), api_(rating_.pool()) {
    rating_.pool().settle();
    worker_ = std::make_unique<TaskThread>();
  }
  ~Impl() {
    worker_.reset();  // a step that is under way ends first
    rating_.close();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  template <typename Work>
  auto locked(const Work& work) {
    const std::lock_guard lock(mutex_);
    return work(api_, now());
  }

  asking::Votes votes() {
    const std::lock_guard lock(mutex_);
    return rating_.pool().votes();
  }

  // After something that may have given the run new verdicts.
  void work_on() {
    worker_->post([this] { work(); });
  }

  void tick() {
    bool news = false;
    {
      const std::lock_guard lock(mutex_);
      news = rating_.pool().tick(now());
    }
    if (news) work_on();
  }

  const std::vector<std::string>& notes() const { return rating_.notes(); }

 private:
  static RatingApi::Time now() {
    return std::chrono::duration_cast<RatingApi::Time>(std::chrono::steady_clock::now().time_since_epoch());
  }

  // The lock is held before and after, not while the run works.
  void work() {
    for (bool any = false;; any = true) {
      std::optional<asking::RaterPool::Step> step;
      {
        const std::lock_guard lock(mutex_);
        step = rating_.pool().step();
      }
      if (!step) {
        if (any) changed_();
        return;
      }
      step->work();
      const std::lock_guard lock(mutex_);
      rating_.pool().take(*step);
    }
  }

  std::function<void()> changed_;
  std::mutex mutex_;
  app::Rating rating_;
  RatingApi api_;
  std::unique_ptr<TaskThread> worker_;
};

RatingRoom::RatingRoom(const app::SelectRequest& request, const RaterSettings& raters,
                       std::function<void()> changed)
    : impl_(std::make_unique<Impl>(request, raters, std::move(changed))) {}
RatingRoom::~RatingRoom() = default;

RatingApi::Reply RatingRoom::rating(const std::string& rater) {
  const RatingApi::Reply reply = impl_->locked([&](RatingApi& api, auto now) { return api.rating(rater, now); });
  impl_->work_on();
  return reply;
}

RatingApi::Reply RatingRoom::verdict(const std::string& rater, std::string_view body) {
  const RatingApi::Reply reply =
      impl_->locked([&](RatingApi& api, auto now) { return api.verdict(rater, body, now); });
  impl_->work_on();
  return reply;
}

RatingApi::Reply RatingRoom::undo(const std::string& rater) {
  const RatingApi::Reply reply = impl_->locked([&](RatingApi& api, auto now) { return api.undo(rater, now); });
  impl_->work_on();
  return reply;
}

RatingApi::Reply RatingRoom::agreement() { return RatingApi::agreement(impl_->votes()); }

report::Json RatingRoom::progress() {
  return impl_->locked([](RatingApi& api, auto /*now*/) { return api.progress(); });
}

void RatingRoom::tick() { impl_->tick(); }
const std::vector<std::string>& RatingRoom::notes() const { return impl_->notes(); }

}  // namespace assay::server

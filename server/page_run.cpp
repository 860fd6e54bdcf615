#include "server/page_run.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/field_names.h"
#include "assay/view/page.h"
#include "assay/view/select.h"

namespace assay::server {
namespace {

using OrderJson = nlohmann::json;

constexpr double kMostDollars = 1e9;

// Thrown where the page has said stop.
struct Stopped {};

template <typename Value>
void take(const OrderJson& order, const char* key, const char* expected, std::optional<Value>& value) {
  const auto at = order.find(key);
  if (at == order.end() || at->is_null()) return;
  const bool fits = std::is_same_v<Value, double> ? at->is_number() : at->is_string();
  if (!fits) throw InvalidArgument(std::string("expected ") + expected + " as `" + key + "`, came " + at->dump());
  value = at->get<Value>();
}

}  // namespace

RunOrder read_run_order(std::string_view text) {
  const OrderJson json = OrderJson::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw InvalidArgument("expected a JSON object that says what to run");
  RunOrder order;
  take(json, "oracle", "a name", order.oracle);
  take(json, "judge_model", "a name", order.judge_model);
  take(json, "baseline", "a name", order.baseline);
  take(json, "budget", "a number", order.budget);
  take(json, "epsilon", "a number", order.epsilon);
  take(json, "confidence", "a number", order.confidence);
  take(json, "max_cost", "a number", order.max_cost);
  return order;
}

app::SelectRequest with_order(app::SelectRequest request, const RunOrder& order) {
  if (order.oracle) request.oracle.name = *order.oracle;
  if (order.judge_model) request.oracle.llm.model = *order.judge_model;
  if (order.baseline) request.choice.baseline = *order.baseline;
  if (order.budget) {
    request.budget = *order.budget;
    request.calls.reset();
  }
  if (order.epsilon) request.epsilon = store::Tolerance(*order.epsilon);
  if (order.confidence) request.confidence = *order.confidence;
  if (order.max_cost) {
    if (!(*order.max_cost >= 0 && *order.max_cost <= kMostDollars)) {
      throw InvalidArgument(
          fmt::format("`max_cost` must be dollars from 0 to {:g}, came {:g}", kMostDollars, *order.max_cost));
    }
    request.oracle.llm.most_cost = Money{std::llround(*order.max_cost * 1e6)};
  }
  return request;
}

class PageRun::Impl {
 public:
  Impl(app::SelectRequest request, std::function<void()> changed)
      : changed_(std::move(changed)), request_(std::move(request)), thread_([this] { run(); }) {}
  ~Impl() {
    stop();
    thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void stop() {
    stopped_ = true;
    const std::lock_guard lock(mutex_);
    if (state_.stage == PageRunState::Stage::running) state_.stage = PageRunState::Stage::stopping;
  }

  PageRunState state() const {
    const std::lock_guard lock(mutex_);
    PageRunState state = state_;
    if (state.stage != PageRunState::Stage::ended) state.seconds = seconds();
    return state;
  }

 private:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }

  void check_stopped() const {
    if (stopped_) throw Stopped();
  }

  void end(std::string message, bool failed) {
    {
      const std::lock_guard lock(mutex_);
      state_.stage = PageRunState::Stage::ended;
      state_.message = std::move(message);
      state_.failed = failed;
      state_.status.clear();
      state_.seconds = seconds();
    }
    changed_();
  }

  void run() {
    request_.oracle.waiting = [this] { check_stopped(); };
    request_.oracle.troubled = [this](std::string_view line) {
      {
        const std::lock_guard lock(mutex_);
        state_.status = line;
      }
      changed_();
    };
    const auto stepped = [this](const asking::SelectState& step) {
      check_stopped();
      {
        const std::lock_guard lock(mutex_);
        state_.step = step;
        state_.status.clear();
      }
      changed_();
    };
    const StartProgress progress = [this](std::string_view /*label*/) {
      return [this](std::size_t /*done*/, std::size_t /*total*/) { check_stopped(); };
    };
    try {
      const asking::SelectReport report = app::run_select(request_, progress, stepped);
      end(report.trouble.empty() ? view::first_lines(view::to_text(report, false)).front() : report.trouble,
          !report.trouble.empty());
    } catch (const Stopped&) {
      end("stopped; every answer is kept, the same run goes on from there", false);
    } catch (const std::exception& failure) {
      end(with_options(failure.what()), true);
    }
  }

  std::function<void()> changed_;
  app::SelectRequest request_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::atomic<bool> stopped_ = false;
  mutable std::mutex mutex_;
  PageRunState state_;
  std::thread thread_;  // last: it uses all of the above
};

PageRun::PageRun(app::SelectRequest request, std::function<void()> changed)
    : impl_(std::make_unique<Impl>(std::move(request), std::move(changed))) {}
PageRun::~PageRun() = default;
void PageRun::stop() { impl_->stop(); }
PageRunState PageRun::state() const { return impl_->state(); }

}  // namespace assay::server

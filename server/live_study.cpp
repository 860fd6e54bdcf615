#include "server/live_study.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "assay/asking/judge_memory.h"
#include "assay/asking/llm_memory.h"
#include "assay/core/error.h"
#include "assay/core/field_names.h"
#include "assay/core/paid_calls.h"
#include "assay/core/utf8.h"
#include "assay/view/page.h"

namespace assay::server {
namespace {

using PageJson = report::Json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookedForChanges{250};
constexpr std::chrono::seconds kBetweenLooks{1};
// To look takes seconds where there are many models: it gets a share of one core.
constexpr int kPauseShare = 4;
// A run of another process that keeps nothing for so long, and does not hold its lock, has ended.
constexpr std::chrono::seconds kStillRunning{3};
// The pace of a run is that of its last minute.
constexpr std::chrono::seconds kPaceOf{60};

// How many calls a second were answered lately.
class Pace {
 public:
  void note(Clock::time_point now, std::size_t calls) {
    if (!seen_.empty() && calls < seen_.back().calls) seen_.clear();  // another run
    seen_.push_back({now, calls});
    while (seen_.size() > 2 && now - seen_.front().at > kPaceOf) seen_.pop_front();
  }
  std::optional<double> seconds_for(std::size_t calls) const {
    if (seen_.size() < 2) return std::nullopt;
    const double made = static_cast<double>(seen_.back().calls - seen_.front().calls);
    const double took = std::chrono::duration<double>(seen_.back().at - seen_.front().at).count();
    if (made < 1) return std::nullopt;
    return static_cast<double>(calls) * took / made;
  }

 private:
  struct Seen {
    Clock::time_point at;
    std::size_t calls = 0;
  };
  std::deque<Seen> seen_;
};

const char* name_of(PageRunState::Stage stage) {
  switch (stage) {
    case PageRunState::Stage::running: return "running";
    case PageRunState::Stage::stopping: return "stopping";
    case PageRunState::Stage::ended: break;
  }
  return "ended";
}

// A selection that was looked at, for one thread at a time.
struct Look {
  std::mutex mutex;
  std::unique_ptr<app::InspectedSelection> selection;  // nullptr: there is nothing to see
};

}  // namespace

class LiveStudy::Impl {
 public:
  Impl(LiveStudyOptions options, std::function<void()> changed)
      : options_(std::move(options)),
        changed_(std::move(changed)),
        study_(options_.request.study, store::Study::Mode::read),
        shown_(options_.request),
        thread_([this] { follow(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    woken_.notify_all();
    thread_.join();
    run_.reset();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::shared_ptr<const std::string> page() const {
    const std::lock_guard lock(mutex_);
    return page_;
  }
  PageJson state() const {
    const std::lock_guard lock(mutex_);
    PageJson json = PageJson::object().set("revision", revision_);
    if (run_) return json.set("run", own_run());
    return json.set("run", other_ ? *other_ : PageJson());
  }

  app::ExchangePage exchanges(const app::ExchangeQuery& query) const {
    std::shared_ptr<Look> look;
    {
      const std::lock_guard lock(mutex_);
      look = look_;
    }
    if (!look) return {};
    const std::lock_guard lock(look->mutex);
    return look->selection->exchanges(query);
  }

  void start(const RunOrder& order) {
    if (options_.read_only) throw InvalidArgument("this page only looks: nobody can start a run from it");
    if (order.oracle) check_offered(*order.oracle);
    app::SelectRequest request = with_order(options_.request, order);
    const std::lock_guard lock(mutex_);
    if (run_ && !run_->ended()) throw InvalidArgument("a run is under way: stop it first");
    if (other_ && !asks_nobody(request))
      throw InvalidArgument("another process is asking in this study: it must end first");
    run_.reset();
    shown_ = request;
    order_ = order;
    looked_for_run_ = false;
    run_ = std::make_unique<PageRun>(std::move(request), [this] { step(); });
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    if (run_) run_->stop();
  }

  PageJson settings() const {
    const store::Study study(options_.request.study, store::Study::Mode::read);
    PageJson oracles = PageJson::array();
    for (const auto& [name, title] : offered(study)) {
      oracles.add(PageJson::object().set("name", name).set("help", title));
    }
    const app::SelectRequest& request = options_.request;
    const std::optional<Money> most_cost = request.oracle.llm.most_cost;
    return PageJson::object()
        .set("oracles", std::move(oracles))
        .set("judge_model", request.oracle.llm.model)
        .set("budget", request.budget ? PageJson(*request.budget) : PageJson())
        .set("epsilon", request.epsilon ? PageJson(request.epsilon->amount) : PageJson())
        .set("confidence", request.confidence.value_or(select::Goal().confidence))
        .set("max_cost", most_cost ? PageJson(most_cost->dollars()) : PageJson())
        .set("baseline", request.choice.baseline)
        .set("baselines", PageJson::array_of(study.models()));
  }

 private:
  // Who can be asked, with a title. A program or a folder of batches only where the command that serves the page
  // was told so: the page starts nothing else on this machine.
  std::vector<std::pair<std::string, std::string>> offered(const store::Study& study) const {
    std::vector<std::pair<std::string, std::string>> oracles;
    const asking::OracleOptions& told = options_.request.oracle;
    if (options_.oracle_given && asking::oracle(told).live) oracles.emplace_back(told.name, told.name);
    oracles.emplace_back("recorded", "recorded judgements");  // or labels
    const std::optional<std::string> remembered = study.remembered("llm_last:pairs");
    if (remembered && !(options_.oracle_given && told.name == "llm")) oracles.emplace_back("llm", *remembered);
    return oracles;
  }

  void check_offered(const std::string& name) const {
    const auto oracles = offered(store::Study(options_.request.study, store::Study::Mode::read));
    if (std::ranges::any_of(oracles, [&](const auto& oracle) { return oracle.first == name; })) return;
    std::string names;
    for (const auto& oracle : oracles) names += (names.empty() ? "" : ", ") + oracle.first;
    throw InvalidArgument("expected a judge that this page offers (" + names + "), came " + quoted(name));
  }

  // From the run's thread.
  void step() {
    stepped_ = true;
    woken_.notify_all();
  }

  PageJson own_run() const {
    const PageRunState state = run_->state();
    PageJson json = PageJson::object()
                        .set("by", "page")
                        .set("state", name_of(state.stage))
                        .set("calls", state.step.calls)
                        .set("budget", state.step.budget)
                        .set("leader", state.step.leader)
                        .set("probability", state.step.probability);
    add_outlook(json);
    return json.set("seconds", state.seconds)
        .set("status", state.status)
        .set("message", state.message.empty() ? PageJson() : PageJson(state.message))
        .set("failed", state.failed);
  }

  // Of what is known of money and of what is still to come.
  void add_outlook(PageJson& json) const {
    const std::optional<double> left = calls_left_ ? pace_.seconds_for(*calls_left_) : std::nullopt;
    json.set("cost", spent_ > Money{} ? PageJson(spent_.dollars()) : PageJson())
        .set("calls_left", calls_left_ ? PageJson(*calls_left_) : PageJson())
        .set("seconds_left", left ? PageJson(*left) : PageJson());
  }

  PageJson run_of_others(const asking::SelectReport& report) const {
    PageJson json = PageJson::object()
                        .set("by", "other")
                        .set("state", "running")
                        .set("calls", report.calls + report.known)
                        .set("budget", report.calls_all)
                        .set("leader", report.best)
                        .set("probability", report.models.empty() ? 0.0 : report.models.front().probability);
    add_outlook(json);
    return json.set("seconds", PageJson()).set("status", "").set("message", PageJson()).set("failed", false);
  }

  void follow() {
    while (true) {
      {
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, kLookedForChanges, [&] { return ending_; });
        if (ending_) return;
        if (run_ && run_->ended() && !looked_for_run_) changed_since_ = looked_for_run_ = true;
      }
      try {
        if (follow_on(Clock::now())) changed_();
      } catch (
          const Error&) {  // NOLINT(bugprone-empty-catch): the file is locked, or damaged; perhaps not for long
      }
    }
  }

  // Whether there is something new to tell.
  bool follow_on(Clock::time_point now) {
    const std::int64_t at = study_.change_mark();
    bool news = stepped_.exchange(false) || at != mark_;
    if (at != mark_) {
      if (mark_) changed_at_ = now;
      mark_ = at;
      changed_since_ = true;
      read_spending();
    }
    if (changed_since_ && now >= next_look_) {
      changed_since_ = false;
      look();
      next_look_ = Clock::now() + std::max<Clock::duration>(kBetweenLooks, kPauseShare * (Clock::now() - now));
      news = true;
    }
    const bool asking = study_.being_answered();
    const bool others = asking || (changed_at_ && now - *changed_at_ < kStillRunning);
    const std::lock_guard lock(mutex_);
    const bool told = other_.has_value();
    other_.reset();
    // Who asks now is more to see than a run of this page that has ended.
    if (run_ && run_->ended() && asking) {
      run_.reset();
      shown_ = options_.request;
      order_ = {};
      changed_since_ = true;
    }
    if (!run_ && others && look_) other_ = run_of_others(look_->selection->report());
    return news || told != other_.has_value();
  }

  app::SelectRequest shown_request() {
    const std::lock_guard lock(mutex_);
    return shown_;
  }
  RunOrder shown_order() {
    const std::lock_guard lock(mutex_);
    return order_;
  }

  // False: nothing was seen yet.
  bool keep_what_was_seen() {
    const std::lock_guard lock(mutex_);
    if (!look_) return false;
    shown_ = options_.request;
    order_ = {};
    return true;
  }

  void read_spending() {
    const Money spent = study_.paid_calls().spent();
    const std::lock_guard lock(mutex_);
    spent_ = spent;
  }

  void look() {
    std::shared_ptr<Look> seen = std::make_shared<Look>();
    std::vector<view::PageDocument> documents;
    std::string note;
    try {
      seen->selection = std::make_unique<app::InspectedSelection>(looking_request());
      const RunOrder order = shown_order();
      const asking::SelectReport& report = seen->selection->report();
      documents.push_back(
          view::select_document(*seen->selection, std::filesystem::path(report.study).filename().string(),
                                options_.command ? std::optional(options_.command(report, order)) : std::nullopt));
    } catch (const std::exception& failure) {
      note = with_options(failure.what());
      // What was seen before is more than nothing: a run that could not begin, or a file that is locked now.
      if (keep_what_was_seen()) return;
    }
    PageJson page = view::page_json(documents, std::nullopt, /*live=*/true);
    page.set("note", note.empty() ? PageJson() : PageJson(note));
    const std::lock_guard lock(mutex_);
    look_ = seen->selection ? std::move(seen) : nullptr;
    calls_left_.reset();
    if (look_) {
      const asking::SelectReport& report = look_->selection->report();
      pace_.note(Clock::now(), report.calls + report.known);
      if (report.stop && !report.stop->decided) calls_left_ = report.stop->calls_to_decide;
    }
    page_ = std::make_shared<const std::string>(page.compact_utf8());
    ++revision_;
  }

  // Asks nobody: what the study has of the judge.
  app::SelectRequest looking_request() {
    app::SelectRequest request = shown_request();
    if (!asks_nobody(request)) {
      request.oracle.name = "kept";
    } else if (!options_.oracle_given) {
      request.oracle.name = live_judge_spoke() ? "kept" : "";
    }
    return request;
  }

  // A live judge has said something: whoever asked it wants to see that.
  bool live_judge_spoke() const {
    return !asking::held_judges(study_, false).empty() || !asking::held_judges(study_, true).empty();
  }

  static bool asks_nobody(const app::SelectRequest& request) {
    const asking::OracleEntry& who = asking::oracle(request.oracle);
    return !who.live || who.looks_only || who.checks;
  }

  LiveStudyOptions options_;
  std::function<void()> changed_;
  store::Study study_;  // of the follower's thread
  mutable std::mutex mutex_;
  std::condition_variable woken_;
  std::atomic<bool> stepped_ = false;
  bool ending_ = false;
  app::SelectRequest shown_;  // what is looked at
  RunOrder order_;            // of the run whose request that is
  std::unique_ptr<PageRun> run_;
  bool looked_for_run_ = false;
  std::optional<PageJson> other_;
  std::shared_ptr<Look> look_;
  Money spent_;
  std::optional<std::size_t> calls_left_;
  Pace pace_;
  std::shared_ptr<const std::string> page_;
  std::uint64_t revision_ = 0;
  // Of the follower's thread.
  std::optional<std::int64_t> mark_;
  std::optional<Clock::time_point> changed_at_;  // by somebody else, since it began
  Clock::time_point next_look_;
  bool changed_since_ = true;  // something is new that was not looked at
  std::thread thread_;         // last: it uses all of the above
};

LiveStudy::LiveStudy(LiveStudyOptions options, std::function<void()> changed)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(changed))) {}
LiveStudy::~LiveStudy() = default;
PageJson LiveStudy::state() const { return impl_->state(); }
std::shared_ptr<const std::string> LiveStudy::page_json() const { return impl_->page(); }
PageJson LiveStudy::settings() const { return impl_->settings(); }
app::ExchangePage LiveStudy::exchanges(const app::ExchangeQuery& query) const { return impl_->exchanges(query); }
void LiveStudy::start(const RunOrder& order) { impl_->start(order); }
void LiveStudy::stop() { impl_->stop(); }

}  // namespace assay::server

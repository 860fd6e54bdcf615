#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "cli/verbs.h"
#include "python/bridge/failure.h"

// A verb in a thread of its own. What it has to say, and the questions to functions of the caller, are events that
// the caller's thread takes one by one: so a judge runs where it was defined, Ctrl-C is seen at once, and whatever
// Python does meanwhile goes on.

namespace assay::bridge {
namespace {

using Json = nlohmann::ordered_json;

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRedrawn{50};
constexpr std::string_view kHosted = "python-function";

std::string text_of(const Json& json) { return json.dump(-1, ' ', true, Json::error_handler_t::replace); }

// Between the verb's threads and the caller's.
class Post {
 public:
  void put(Json event) {
    {
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
    }
    changed_.notify_all();
  }

  // One that replaces the last of its kind which was not taken yet.
  void put_state(Json event) {
    {
      const std::lock_guard lock(mutex_);
      state_ = std::move(event);
    }
    changed_.notify_all();
  }

  std::optional<Json> take(std::chrono::milliseconds most) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, most, [&] { return state_ || !events_.empty(); });
    if (state_) return std::exchange(state_, std::nullopt);
    if (events_.empty()) return std::nullopt;
    Json event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Json> events_;
  std::optional<Json> state_;
};

// What the caller says to one of its programs.
struct Mailbox {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> lines;
};

// A function of the caller in the place of a program.
class HostedProgram : public judge::Program {
 public:
  HostedProgram(std::int64_t number, const std::vector<std::string>& words, Post& post,
                std::shared_ptr<Mailbox> mailbox)
      : number_(number), post_(post), mailbox_(std::move(mailbox)) {
    post_.put({{"event", "start"}, {"program", number_}, {"words", words}});
  }
  ~HostedProgram() override { post_.put({{"event", "end"}, {"program", number_}}); }
  HostedProgram(const HostedProgram&) = delete;
  HostedProgram& operator=(const HostedProgram&) = delete;

  void send(std::string_view bytes) override { unsent_ += bytes; }
  std::size_t unsent() const override { return unsent_.size(); }
  void wait(std::chrono::milliseconds most) override {
    if (!unsent_.empty()) {
      post_.put({{"event", "lines"}, {"program", number_}, {"lines", std::exchange(unsent_, {})}});
    }
    std::unique_lock lock(mailbox_->mutex);
    mailbox_->changed.wait_for(lock, most, [&] { return !mailbox_->lines.empty(); });
  }
  std::optional<std::string> line() override {
    const std::lock_guard lock(mailbox_->mutex);
    if (mailbox_->lines.empty()) return std::nullopt;
    std::string line = std::move(mailbox_->lines.front());
    mailbox_->lines.pop_front();
    return line;
  }
  std::optional<std::string> remark() override { return std::nullopt; }
  std::string broken() override { return {}; }
  void kill_now() override {}
  bool hosted() const override { return true; }

 private:
  std::int64_t number_;
  Post& post_;
  std::shared_ptr<Mailbox> mailbox_;
  std::string unsent_;
};

// What a verb shows, as events.
class JobTerminal : public cli::Terminal {
 public:
  JobTerminal(Post& post, const std::atomic<bool>& cancelled) : post_(post), cancelled_(cancelled) {}

  Progress progress(std::string_view label, report::ProgressUnit unit) override {
    return [this, label = std::string(label), unit, told = Clock::time_point()](std::size_t done,
                                                                                std::size_t total) mutable {
      stop_if_interrupted();
      if (done < total && Clock::now() - told < kRedrawn) return;
      told = Clock::now();
      post_.put_state({{"event", "progress"},
                       {"label", label},
                       {"done", done},
                       {"total", total},
                       {"unit", unit == report::ProgressUnit::bytes ? "B" : "it"}});
    };
  }
  void status(std::string_view line) override { post_.put_state({{"event", "status"}, {"text", line}}); }
  void announce(std::string_view text) override { note(text); }
  void note(std::string_view text) override { post_.put({{"event", "note"}, {"text", in_python(text)}}); }
  void error(std::string_view text) override { trouble = in_python(text); }
  void show(const std::function<std::string()>& as_json, const std::function<std::string()>& as_text) override {
    shown_json = as_json();
    shown_text = as_text();
  }
  void begin(const std::string& /*interrupted*/) override {}
  void stop_if_interrupted() override {
    if (cancelled_) throw Cancelled();
  }
  bool reads_standard_input() const override { return false; }
  judge::StartProgram programs() override {
    return [this](const std::vector<std::string>& words) -> std::unique_ptr<judge::Program> {
      if (words.front() != kHosted) return nullptr;
      const std::lock_guard lock(mutex_);
      const auto number = static_cast<std::int64_t>(mailboxes_.size());
      mailboxes_.push_back(std::make_shared<Mailbox>());
      return std::make_unique<HostedProgram>(number, words, post_, mailboxes_.back());
    };
  }

  void say(std::int64_t program, const std::string& lines) {
    std::shared_ptr<Mailbox> mailbox;
    {
      const std::lock_guard lock(mutex_);
      if (program < 0 || static_cast<std::size_t>(program) >= mailboxes_.size()) return;
      mailbox = mailboxes_[static_cast<std::size_t>(program)];
    }
    {
      const std::lock_guard lock(mailbox->mutex);
      for (std::size_t begin = 0, end = 0; (end = lines.find('\n', begin)) != std::string::npos; begin = end + 1) {
        mailbox->lines.push_back(lines.substr(begin, end - begin));
      }
    }
    mailbox->changed.notify_all();
  }

  std::string shown_json;
  std::string shown_text;
  std::string trouble;  // that did not keep the verb from its result

 private:
  Post& post_;
  const std::atomic<bool>& cancelled_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Mailbox>> mailboxes_;
};

Json description_of(const CLI::Option& option) {
  Json told;
  const bool positional = option.get_positional();
  std::string name = positional ? option.get_name(true) : option.get_lnames().front();
  told["name"] = name;
  told["positional"] = positional;
  told["required"] = option.get_required();
  told["flag"] = option.get_items_expected_max() == 0;
  told["many"] = option.get_items_expected_max() > 1;
  told["type"] = option.get_type_name();
  told["form"] = option.get_option_text();
  told["help"] = option.get_description();
  told["default"] = option.get_default_str();
  told["group"] = option.get_group();
  return told;
}

void describe(const CLI::App& app, const std::string& name, Json& verbs) {
  const auto subs = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* sub : subs) {
    describe(*sub, name.empty() ? sub->get_name() : name + " " + sub->get_name(), verbs);
  }
  // With commands it is a verb itself only if it does something without one.
  const auto options = app.get_options([](const CLI::Option* option) { return option->get_positional(); });
  if (!subs.empty() && options.empty()) return;
  Json verb{{"verb", name}, {"help", app.get_description()}, {"options", Json::array()}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty() && !option->get_positional()) continue;
    if (option->get_positional() || option->get_lnames().front() != "help") {
      verb["options"].push_back(description_of(*option));
    }
  }
  verbs.push_back(std::move(verb));
}

}  // namespace
}  // namespace assay::bridge

struct AssayJob {
  assay::bridge::Post post;
  std::atomic<bool> cancelled = false;
  assay::bridge::JobTerminal terminal{post, cancelled};
  std::string event;  // that was taken last
  std::thread thread;
};

using assay::bridge::Json;

const char* assay_verbs() {
  static const std::string kText = [] {
    assay::cli::Terminal terminal;
    Json verbs = Json::array();
    assay::bridge::describe(*assay::cli::make_verbs(terminal), "", verbs);
    return assay::bridge::text_of(verbs);
  }();
  return kText.c_str();
}

AssayJob* assay_job_start(const char* arguments) {
  std::unique_ptr<AssayJob> job;
  const bool begun = assay::bridge::guarded([&] {
    auto words = Json::parse(arguments).get<std::vector<std::string>>();
    job = std::make_unique<AssayJob>();
    job->thread = std::thread([&job = *job, words = std::move(words)] {
      try {
        assay::cli::run_verb(words, job.terminal);
        job.post.put({{"event", "done"},
                      {"json", job.terminal.shown_json},
                      {"text", job.terminal.shown_text},
                      {"trouble", job.terminal.trouble},
                      {"status", job.terminal.exit_status}});
      } catch (...) {
        const assay::bridge::Failure failure = assay::bridge::current_failure();
        job.post.put({{"event", "failed"}, {"kind", failure.kind}, {"message", failure.message}});
      }
    });
  });
  return begun ? job.release() : nullptr;
}

const char* assay_job_wait(AssayJob* job, int64_t milliseconds) {
  std::optional<Json> event = job->post.take(std::chrono::milliseconds(milliseconds));
  if (!event) return nullptr;
  job->event = assay::bridge::text_of(*event);
  return job->event.c_str();
}

void assay_job_say(AssayJob* job, int64_t program, const char* lines) { job->terminal.say(program, lines); }

void assay_job_cancel(AssayJob* job) { job->cancelled = true; }

void assay_job_free(AssayJob* job) {
  job->cancelled = true;
  if (job->thread.joinable()) job->thread.join();
  delete job;  // NOLINT(cppcoreguidelines-owning-memory): the caller owned it
}

#include "assay/judge/judge_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/surrogates.h"
#include "assay/judge/command_line.h"

namespace assay::judge {
namespace {

constexpr int kAttempts = 2;
constexpr std::size_t kCrashedInARow = 3;
constexpr std::size_t kUselessInARow = 10;
constexpr std::size_t kMostUnsent = 1 << 20;  // bytes
constexpr std::chrono::milliseconds kGlance{200};
constexpr std::size_t kReasons = 20;  // different ones that are kept apart

// The id of an answer; empty if the line is none.
std::optional<std::uint64_t> id_of(const nlohmann::json& answer) {
  if (!answer.is_object()) return std::nullopt;
  const auto id = answer.find("id");
  if (id == answer.end() || !id->is_number_unsigned()) return std::nullopt;
  return id->get<std::uint64_t>();
}

ProgramReply reply_of(const nlohmann::json& answer) {
  ProgramReply reply;
  // Some write every member, and null where there is nothing.
  const auto told = [&](const char* key) {
    const auto at = answer.find(key);
    return at == answer.end() || at->is_null() ? answer.end() : at;
  };
  const auto verdict = told("verdict"), score = told("score"), error = told("error"), response = told("response");
  const int parts =
      (verdict != answer.end()) + (score != answer.end()) + (error != answer.end()) + (response != answer.end());
  if (parts != 1) {
    reply.failure = "expected one of \"verdict\", \"score\", \"response\" and \"error\" in an answer";
  } else if (response != answer.end()) {
    if (response->is_string()) reply.response = response->get<std::string>();
    if (!reply.response) reply.failure = "expected a text as \"response\"";
  } else if (error != answer.end()) {
    const std::string text = error->is_string() ? error->get<std::string>() : error->dump(-1, ' ', true);
    reply.failure = "the program reports " + assay::quoted(text);
  } else if (verdict != answer.end()) {
    if (verdict->is_string()) reply.verdict = verdict->get<std::string>();
    if (reply.verdict.empty()) reply.failure = "expected a text as \"verdict\"";
  } else {
    if (score->is_number() && std::isfinite(score->get<double>())) reply.score = score->get<double>();
    if (!reply.score) reply.failure = "expected a number as \"score\"";
  }
  return reply;
}

}  // namespace

// The requests of one `ask`.
struct JudgeProgram::Work {
  const std::function<std::string(std::size_t, std::uint64_t)>& request;
  const std::function<std::string(std::size_t, const ProgramReply&)>& answered;
  std::deque<std::size_t> waiting;              // requests
  std::map<std::uint64_t, std::size_t> flying;  // id -> request
  std::vector<int> attempts;

  // Was in flight when the program failed.
  bool suspect(std::size_t i) const { return attempts[i] > 0; }
};

JudgeProgram::JudgeProgram(const std::string& command, ProgramHooks hooks)
    : words_(split_words(command)), hooks_(std::move(hooks)) {}

JudgeProgram::~JudgeProgram() = default;

void JudgeProgram::ask(std::size_t count, const std::function<std::string(std::size_t, std::uint64_t)>& request,
                       const std::function<std::string(std::size_t, const ProgramReply&)>& answered) {
  Work work{request, answered, {}, {}, std::vector<int>(count, 0)};
  for (std::size_t i = 0; i < count; ++i) work.waiting.push_back(i);
  try {
    work_off(work);
  } catch (...) {  // What is in flight must not be taken for an answer later.
    if (program_) program_->kill_now();
    program_.reset();
    throw;
  }
}

void JudgeProgram::work_off(Work& work) {
  while (!work.waiting.empty() || !work.flying.empty()) {
    if (!program_) start();
    send(work);
    program_->wait(std::min(kGlance, hooks_.silence));
    hear(work);
    if (hooks_.waiting) hooks_.waiting();
  }
}

void JudgeProgram::start() {
  program_ = start_program(words_, hooks_.start);
  last_remark_.clear();
}

void JudgeProgram::send(Work& work) {
  while (!work.waiting.empty() && work.flying.size() < kMostInFlight && program_->unsent() < kMostUnsent) {
    const std::size_t i = work.waiting.front();
    const bool alone = work.flying.empty();
    if (!alone && (work.suspect(i) || work.suspect(work.flying.begin()->second))) return;  // one by one
    if (alone) heard_ = Clock::now();
    work.waiting.pop_front();
    const std::uint64_t id = next_id_++;
    work.flying.emplace(id, i);
    program_->send(work.request(i, id) + "\n");
  }
}

void JudgeProgram::hear(Work& work) {
  while (const auto remark = program_->remark()) {
    last_remark_ = *remark;
    if (hooks_.said) hooks_.said(*remark);
  }
  while (program_) {
    const auto line = program_->line();
    if (!line) break;
    take(work, *line);
  }
  if (!program_) return;
  std::string reason = program_->broken();
  const bool late = !program_->hosted() && Clock::now() - heard_ > hooks_.silence;
  if (reason.empty() && !work.flying.empty() && late) {
    reason =
        fmt::format("it gave no answer for {:g} seconds", std::chrono::duration<double>(hooks_.silence).count());
  }
  if (!reason.empty()) give_up(work, reason);
}

void JudgeProgram::take(Work& work, const std::string& line) {
  std::string text = line;
  mend_surrogates(text);  // half a character beside the verdict
  const auto answer = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto id = id_of(answer);
  const auto flying = id ? work.flying.find(*id) : work.flying.end();
  if (flying == work.flying.end()) {
    return give_up(
        work, id ? fmt::format("it answered id {}, which is not asked", *id)
                 : "expected a JSON object with \"id\" on each line of its output, came " + assay::quoted(line));
  }
  const std::size_t i = flying->second;
  work.flying.erase(flying);
  heard_ = Clock::now();
  crashed_in_a_row_ = 0;
  hand_over(work, i, reply_of(answer));
}

void JudgeProgram::give_up(Work& work, const std::string& reason) {
  program_->kill_now();
  while (const auto remark = program_->remark()) last_remark_ = *remark;
  program_.reset();
  // The last first, so that they stand at the front in the order in which they were asked.
  std::vector<std::size_t> failed;
  for (auto flying = work.flying.rbegin(); flying != work.flying.rend(); ++flying) {
    const std::size_t i = flying->second;
    if (++work.attempts[i] < kAttempts) {
      work.waiting.push_front(i);
    } else {
      failed.push_back(i);
    }
  }
  work.flying.clear();
  for (const std::size_t i : failed) {
    ++crashed_in_a_row_;
    hand_over(work, i, {.verdict = {}, .score = {}, .failure = "the program failed: " + reason});
  }
  if (crashed_in_a_row_ >= kCrashedInARow) stop(crashed_in_a_row_, reason);
}

void JudgeProgram::hand_over(Work& work, std::size_t i, const ProgramReply& reply) {
  const std::string reason = work.answered(i, reply);
  if (reason.empty()) {
    useless_in_a_row_ = 0;
    return;
  }
  if (failures_.size() < kReasons || failures_.contains(reason)) {
    ++failures_[reason];
  } else {
    ++other_failures_;
  }
  const bool hosted = program_ && program_->hosted();
  if (++useless_in_a_row_ >= kUselessInARow && !hosted) stop(useless_in_a_row_, reason);
}

void JudgeProgram::stop(std::size_t calls, const std::string& reason) const {
  throw OracleError(fmt::format("the program {} failed at {} calls in a row: {}{}", assay::quoted(words_.front()),
                                calls, reason,
                                last_remark_.empty() ? "" : "; it last said " + assay::quoted(last_remark_, 200)));
}

std::vector<std::string> JudgeProgram::notes() const {
  const auto calls = [](std::size_t count) {
    return fmt::format("{} call{} failed", count, count == 1 ? "" : "s");
  };
  std::vector<std::string> result;
  for (const auto& [reason, count] : failures_) result.push_back(calls(count) + ": " + reason);
  if (other_failures_ > 0) result.push_back(calls(other_failures_) + " for other reasons");
  return result;
}

}  // namespace assay::judge

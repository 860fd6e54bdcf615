#include "assay/judge/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "assay/core/error.h"
#include "assay/judge/dialogue.h"
#include "assay/judge/judge_program.h"

namespace assay::judge {
namespace {

// Answers each line by a function, without any process.
class Function : public Program {
 public:
  explicit Function(std::function<std::string(const std::string&)> answer) : answer_(std::move(answer)) {}

  void send(std::string_view bytes) override { told_ += bytes; }
  std::size_t unsent() const override { return told_.size(); }
  void wait(std::chrono::milliseconds /*most*/) override {
    for (std::size_t end = 0; (end = told_.find('\n')) != std::string::npos; told_.erase(0, end + 1)) {
      lines_.push_back(answer_(told_.substr(0, end)));
    }
  }
  std::optional<std::string> line() override {
    if (lines_.empty()) return std::nullopt;
    std::string line = lines_.front();
    lines_.pop_front();
    return line;
  }
  std::optional<std::string> remark() override { return std::nullopt; }
  std::string broken() override { return {}; }
  void kill_now() override {}

 private:
  std::function<std::string(const std::string&)> answer_;
  std::string told_;
  std::deque<std::string> lines_;
};

ProgramHooks hooks_with(std::function<std::string(const std::string&)> answer) {
  ProgramHooks hooks;
  hooks.start = [answer = std::move(answer)](const std::vector<std::string>& words) -> std::unique_ptr<Program> {
    if (words.front() != "mine") return nullptr;
    return std::make_unique<Function>(answer);
  };
  return hooks;
}

TEST(Program, OfTheCallerIsSpokenToAsAProcess) {
  const ProgramHooks hooks = hooks_with([](const std::string& line) { return line + "!"; });
  Dialogue mine({"mine"}, "mine", hooks);
  EXPECT_EQ(mine.ask("one"), "one!");
  Dialogue other({"cat"}, "cat", hooks);
  EXPECT_EQ(other.ask("one"), "one");
}

TEST(Program, OfTheCallerJudges) {
  JudgeProgram judge("mine now", hooks_with([](const std::string& line) {
                       return line.find("good") != std::string::npos ? R"({"id":1,"verdict":"win"})"
                                                                     : R"({"id":2,"verdict":"loss"})";
                     }));
  std::vector<std::string> verdicts(2);
  judge.ask(
      2, [](std::size_t i, std::uint64_t) { return i == 0 ? std::string("good") : std::string("bad"); },
      [&](std::size_t i, const ProgramReply& reply) {
        verdicts[i] = reply.verdict;
        return std::string();
      });
  EXPECT_THAT(verdicts, testing::ElementsAre("win", "loss"));
}

TEST(Program, ThatNobodyHasIsAFailure) { EXPECT_THROW(start_program({"/no/such/program"}, {}), OracleError); }

}  // namespace
}  // namespace assay::judge

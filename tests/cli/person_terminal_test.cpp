// A person at a real (pseudo) terminal.

#include <gmock/gmock.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "assay/store/study.h"
#include "tests/golden/command.h"
#include "tests/places.h"

namespace assay::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

// The command on a terminal of its own.
class TerminalRun {
 public:
  TerminalRun(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
              unsigned short rows = 24) {
    std::vector<std::string> all{tests::assay_command()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& argument : all) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const winsize size{rows, 80, 0, 0};
    child_ = forkpty(&terminal_, nullptr, nullptr, &size);
    if (child_ == 0) {
      signal(SIGINT, SIG_DFL);
      if (chdir(folder.c_str()) != 0) _exit(126);
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  ~TerminalRun() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    close(terminal_);
  }
  TerminalRun(const TerminalRun&) = delete;
  TerminalRun& operator=(const TerminalRun&) = delete;

  /// Reads until `text` comes; returns all since the last call, "" if it does not come.
  std::string until(const std::string& text) {
    while (seen_.find(text) == std::string::npos) {
      if (!more()) return "";
    }
    const std::size_t end = seen_.find(text) + text.size();
    std::string result = seen_.substr(0, end);
    seen_.erase(0, end);
    return result;
  }
  void type(const std::string& keys) const {
    ASSERT_EQ(write(terminal_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  void send(int signal) const { kill(child_, signal); }
  bool echoes() const {
    termios state{};
    tcgetattr(terminal_, &state);
    return (state.c_lflag & ECHO) != 0 && (state.c_lflag & ICANON) != 0;
  }

  /// The rest of the output and the exit status.
  std::string finish(int& status) {
    while (more()) {
    }
    int raw = 0;
    waitpid(child_, &raw, 0);
    child_ = -1;
    status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    return seen_;
  }

 private:
  bool more() {
    pollfd stream{terminal_, POLLIN, 0};
    if (poll(&stream, 1, 20'000) <= 0) return false;
    std::array<char, 4096> bytes;
    const ssize_t count = read(terminal_, bytes.data(), bytes.size());
    if (count <= 0) return false;  // EIO: the command has ended
    seen_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
  }

  int terminal_ = -1;
  pid_t child_ = -1;
  std::string seen_;
};

constexpr const char* kAsked = "better is 1, 2, neither 0";

class PersonTerminalTest : public CommandTest {
 protected:
  PersonTerminalTest() {
    std::string rows;
    for (const char* query : {"q1", "q2"}) {
      const std::string q = "{\"query\": \"" + std::string(query) + "\", ";
      rows += q + "\"prompt\": \"Ask " + query + "\"}\n";
      rows += q + "\"model\": \"base\", \"response\": \"plain\"}\n";
      // 40 lines, with what would clear the screen of whoever reads it.
      std::string text = "evil \\u001b[2J\\u202e";
      for (int i = 0; i < 40; ++i) text += "\\nline " + std::to_string(i);
      for (const char* model : {"secret-a", "secret-b"}) {
        rows += q + "\"model\": \"" + model + "\", \"response\": \"" + text + "\"}\n";
      }
    }
    write("texts.jsonl", rows);
    output("import jsonl texts.jsonl -o texts.assay");
  }

  std::size_t kept() const {
    const store::Study study(path("texts.assay"), store::Study::Mode::read);
    return study.kept_answers("person:0::base").size();
  }

  const std::vector<std::string> select_ =
      words("select texts.assay --oracle person --baseline base --strategy random --json");
};

TEST_F(PersonTerminalTest, AsksPageByPageAndTakesSingleKeys) {
  TerminalRun run(folder_, select_);
  std::string screen = run.until("page 1/3");
  EXPECT_THAT(screen, HasSubstr("Question 1: better is 1, 2, neither 0; q quit, ?; "));
  EXPECT_THAT(screen, HasSubstr("── Prompt ─"));
  EXPECT_FALSE(run.echoes());
  run.type(" ");
  screen += run.until("page 2/3");
  run.type("\033[B");
  screen += run.until("page 3/3");
  EXPECT_THAT(screen, HasSubstr("line 39"));
  EXPECT_THAT(screen, HasSubstr("evil \\x1b[2J"));
  EXPECT_THAT(screen, Not(HasSubstr("evil \033")));
  EXPECT_THAT(screen, Not(HasSubstr("secret")));
  run.type("\033[2~");  // the key Insert: no 2
  run.until("page 3/3");
  run.type("x");
  run.until("page 3/3");
  run.type("1");
  EXPECT_THAT(run.until("u undo"), HasSubstr("Question 2"));
  run.type("2");
  EXPECT_THAT(run.until("u undo, q quit, ?"), HasSubstr("Question 3 of "));
  run.type("?");
  EXPECT_THAT(run.until("any key goes back"), HasSubstr("the second answer is better"));
  run.type("1");  // no reply
  EXPECT_THAT(run.until("u undo, q quit, ?"), HasSubstr("Question 3 of "));
  run.type("u");
  EXPECT_THAT(run.until(": better"), HasSubstr("Question 2 of "));
  run.type("0");
  run.until("Question 3");
  run.type("q");
  int status = -1;
  const std::string rest = run.finish(status);
  EXPECT_EQ(status, 0) << rest;
  EXPECT_THAT(rest, HasSubstr("\"calls_new\": 2"));
  EXPECT_EQ(kept(), 2U);
}

TEST_F(PersonTerminalTest, GoesOnWhereItStopped) {
  int status = -1;
  {
    TerminalRun run(folder_, select_);
    run.until(kAsked);
    run.type("1");
    run.until("Question 2");
    run.type("\x04");
    run.finish(status);
    EXPECT_EQ(status, 0);
  }
  TerminalRun run(folder_, select_);
  for (const char* number : {"Question 2 of ", "Question 3 of ", "Question 4 of "}) {
    EXPECT_NE(run.until(number), "") << number << ": what was answered in the first sitting counts";
    run.until("quit");
    run.type("0");
  }
  run.finish(status);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(kept(), 4U);
}

TEST_F(PersonTerminalTest, SignalsLeaveTerminalAndAnswersAsTheyShouldBe) {
  for (const auto& [signal, expected] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 0}, std::pair{SIGHUP, 0}}) {
    const std::size_t before = kept();
    TerminalRun run(folder_, select_);
    run.until(kAsked);
    run.until("quit");
    run.type("2");
    run.until("u undo");
    EXPECT_FALSE(run.echoes());
    run.send(signal);
    int status = -1;
    const std::string rest = run.finish(status);
    EXPECT_EQ(status, expected) << rest;
    EXPECT_TRUE(run.echoes()) << "the shell would not show what is typed";
    EXPECT_EQ(kept(), before + 1);
  }
}

TEST_F(PersonTerminalTest, NoTerminalNoQuestion) {
  const Finished refused = assay("select texts.assay --oracle person --baseline base");
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.err, "assay: oracle person needs a terminal to ask at, standard input is none\n");
  EXPECT_EQ(kept(), 0U);
}

}  // namespace
}  // namespace assay::cli

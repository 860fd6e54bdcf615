#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace assay {

/// How a run of the command ended. `status` as the shell has it: 128 + the signal for a run that a signal ended.
struct Finished {
  int status = -1;
  bool killed = false;  ///< A signal ended it.
  std::string out;
  std::string err;
};

/// The command under test, running in a folder. Killed where it is not waited for.
class RunningCommand {
 public:
  struct Streams {
    bool no_input = false;  ///< Standard input closed, else empty.
    std::string out = "";   ///< A file for standard output instead of catching it; "-": closed.
    bool no_error = false;  ///< Standard error closed.
  };

  RunningCommand(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                 const Streams& streams);
  RunningCommand(const std::filesystem::path& folder, const std::vector<std::string>& arguments)
      : RunningCommand(folder, arguments, Streams{}) {}
  ~RunningCommand();
  RunningCommand(const RunningCommand&) = delete;
  RunningCommand& operator=(const RunningCommand&) = delete;

  void send(int signal) const;
  /// Waits until the process has a handler for `signal`. Throws std::runtime_error if it ends before.
  void until_caught(int signal) const;
  /// Waits until a `signal` that was sent has come to the process, or it has ended.
  void until_delivered(int signal) const;
  Finished wait();

 private:
  std::filesystem::path out_;
  std::filesystem::path err_;
  pid_t child_ = -1;
};

/// A folder of its own for each test, in which the command is run.
class CommandTest : public testing::Test {
 protected:
  CommandTest();
  ~CommandTest() override;

  /// Runs "assay " + `line`, split at spaces.
  Finished assay(const std::string& line) const { return RunningCommand(folder_, words(line)).wait(); }
  Finished assay(const std::string& line, const RunningCommand::Streams& streams) const {
    return RunningCommand(folder_, words(line), streams).wait();
  }
  /// The same; the run must end with status 0. Returns standard output.
  std::string output(const std::string& line) const;

  void copy(const std::string& from, const std::string& to) const;
  void write(const std::string& name, const std::string& content) const;
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  static std::vector<std::string> words(const std::string& line);

  std::filesystem::path folder_;
};

/// All bytes of a file; empty if there is none.
std::string contents(const std::filesystem::path& file);

}  // namespace assay

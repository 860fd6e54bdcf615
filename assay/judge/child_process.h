#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/judge/program.h"

namespace assay::judge {

/// A program that runs beside this one, spoken to in lines. It is started without a shell, in a process group of
/// its own (Ctrl-C is for us alone), with the three standard streams connected to pipes. Nothing here blocks but
/// `wait`, and no signal (SIGPIPE) or process (zombie) is left behind.
class ChildProcess : public Program {
 public:
  /// `words`: the program, looked for on the PATH, and its arguments. Throws OracleError if it can't be started.
  explicit ChildProcess(const std::vector<std::string>& words);
  /// Closes its input and waits for a second; then it is told to end (SIGTERM), half a second later killed, with
  /// whatever it started in its group.
  ~ChildProcess() override;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void send(std::string_view bytes) override { out_ += bytes; }
  std::size_t unsent() const override { return out_.size(); }
  void wait(std::chrono::milliseconds most) override;
  /// A last line without an end counts once the output has ended.
  std::optional<std::string> line() override { return output_.next(); }
  /// Of its standard error.
  std::optional<std::string> remark() override;
  std::string broken() override;
  /// With what it started.
  void kill_now() override;

 private:
  // Lines of a stream as they come.
  class Lines {
   public:
    void take(std::string_view bytes);
    std::optional<std::string> next();
    bool overlong() const { return overlong_; }
    bool ended = false;
    bool cut = false;  // long lines are cut instead of refused

   private:
    std::string bytes_;
    std::size_t begin_ = 0;    // of what was not handed out
    std::size_t scanned_ = 0;  // up to here there is no line end
    bool overlong_ = false;
  };

  void write_some();
  static void read_some(int& descriptor, Lines& lines);
  bool ended_within(std::chrono::milliseconds most);
  std::string status_text();

  int process_ = -1;
  int input_ = -1;  // of the program: we write
  int answers_ = -1;
  int remarks_ = -1;
  bool refuses_input_ = false;
  std::string out_;
  Lines output_;
  Lines errors_;
};

}  // namespace assay::judge

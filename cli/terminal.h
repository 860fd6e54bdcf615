#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "assay/asking/strategy_inputs.h"
#include "assay/core/progress.h"
#include "assay/judge/program.h"
#include "assay/report/progress_bar.h"

namespace assay::cli {

/// What a verb shows of its work, and who may end it: of the command, results on standard output, progress and
/// messages on standard error, and Ctrl-C. A bar that rewrites its line is drawn on a terminal alone. Whoever runs
/// verbs elsewhere overrides what is virtual.
class Terminal {
 public:
  Terminal();
  virtual ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool quiet = false;   ///< --quiet: no progress, no notes; errors are still told.
  bool json = false;    ///< --json
  bool all = false;     ///< --all: tables and lists that would be cut short are shown whole.
  int exit_status = 0;  ///< What the command ends with if nothing fails.

  bool live() const { return live_; }  ///< Standard error is a terminal.
  /// Colours on standard output: a terminal, and NO_COLOR unset.
  bool colour() const { return colour_; }

  /// A new piece of work; each call of the result redraws the bar, at most ten times a second. Where standard error
  /// is no terminal it writes a line every half minute.
  virtual Progress progress(std::string_view label, report::ProgressUnit unit = report::ProgressUnit::items);
  /// The same, for the library.
  StartProgress start_progress();
  /// A line that stands until the next one, on a terminal; elsewhere a line every half minute, the others are left
  /// out.
  virtual void status(std::string_view line);

  /// The result: as JSON or for people, as the user wants it.
  virtual void show(const std::function<std::string()>& json, const std::function<std::string()>& text);
  /// Ends the line of progress and writes to standard output; a failing write is an Error.
  void print(std::string_view text);
  /// A line on standard error, at once, quiet or not.
  virtual void announce(std::string_view text);
  /// A line on standard error, unless quiet. From any thread.
  virtual void note(std::string_view text);
  /// "assay: ..." on standard error.
  virtual void error(std::string_view text);

  /// The options are read and the work begins; `interrupted` says what Ctrl-C leaves behind.
  virtual void begin(const std::string& interrupted);
  /// Throws where the work is to end, as cli/interrupt.h does.
  virtual void stop_if_interrupted();
  /// The same, for the library.
  std::function<void()> waiting() {
    return [this] { stop_if_interrupted(); };
  }
  /// Whether "-" stands for standard input, where a text is expected.
  virtual bool reads_standard_input() const { return true; }
  /// Programs that whoever runs the verb has itself.
  virtual judge::StartProgram programs() { return {}; }

  /// Seconds since the command began.
  double seconds() const;

 private:
  void clear_line();
  bool due();

  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point drawn_;
  report::Heartbeat heartbeat_;  // of the lines where there is no terminal
  bool live_ = false;            // standard error is a terminal
  bool colour_ = false;
  bool line_open_ = false;
  std::mutex mutex_;  // for notes from other threads than the one that draws
};

}  // namespace assay::cli

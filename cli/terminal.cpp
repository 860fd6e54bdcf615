#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "assay/core/error.h"
#include "assay/report/display_width.h"
#include "cli/interrupt.h"

namespace assay::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};

std::size_t width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void write_line(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

}  // namespace

Terminal::Terminal()
    : began_(std::chrono::steady_clock::now()),
      heartbeat_(began_),
      live_(isatty(STDERR_FILENO) == 1),
      colour_(isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr) {}

Terminal::~Terminal() { clear_line(); }

bool Terminal::due() {
  if (quiet) return false;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!live_) return heartbeat_.due(now);
  if (line_open_ && now - drawn_ < kRedraw) return false;
  drawn_ = now;
  return true;
}

Progress Terminal::progress(std::string_view label, report::ProgressUnit unit) {
  if (quiet) return [this](std::size_t, std::size_t) { stop_if_interrupted(); };
  const auto start = std::chrono::steady_clock::now();
  clear_line();
  return [this, label = std::string(label), unit, start](std::size_t done, std::size_t total) {
    stop_if_interrupted();
    if (!due() && !(live_ && done == total)) return;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const report::ProgressState state{label, done, total, seconds, unit};
    if (!live_) return note(report::progress_text(state));
    status(report::progress_line(state, width() - 1));
  };
}

StartProgress Terminal::start_progress() {
  return [this](std::string_view label) { return progress(label); };
}

void Terminal::status(std::string_view line) {
  if (quiet) return;
  const std::lock_guard lock(mutex_);
  if (!live_) {
    if (heartbeat_.due(std::chrono::steady_clock::now())) write_line(line);
    return;
  }
  std::fputs("\r\033[K", stderr);
  const std::string shown = report::cut_to_width(line, width() - 1);  // a line that wraps can't be erased
  std::fwrite(shown.data(), 1, shown.size(), stderr);
  std::fflush(stderr);
  line_open_ = true;
}

void Terminal::clear_line() {
  if (line_open_) std::fputs("\r\033[K", stderr);
  line_open_ = false;
}

void Terminal::show(const std::function<std::string()>& as_json, const std::function<std::string()>& as_text) {
  print(json ? as_json() : as_text());
}

void Terminal::begin(const std::string& interrupted) { catch_interrupts(interrupted, live_); }

void Terminal::stop_if_interrupted() { cli::stop_if_interrupted(); }

void Terminal::print(std::string_view text) {
  release_interrupts();
  clear_line();
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) throw Error("standard output can't be written");
}

void Terminal::announce(std::string_view text) {
  clear_line();
  write_line(text);
}

void Terminal::note(std::string_view text) {
  if (quiet) return;
  const std::lock_guard lock(mutex_);
  clear_line();
  write_line(text);
}

void Terminal::error(std::string_view text) {
  clear_line();
  write_line("assay: " + std::string(text));
}

double Terminal::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

}  // namespace assay::cli

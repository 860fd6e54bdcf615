#include "cli/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace assay::cli {
namespace {

constexpr unsigned kPatience = 3;  // seconds until the process ends in the midst of its work
constexpr int kStatus = 130;       // 128 + SIGINT, as shells have it

volatile std::sig_atomic_t asked = 0;
std::string words_for_people;  // for people
std::string last_words;        // the same as a line on standard error; not changed once signals may come

// Only what is safe in a signal handler.
extern "C" void on_signal(int signal) {
  if (signal == SIGINT && asked == 0) {
    asked = 1;
    alarm(kPatience);
    return;
  }
  [[maybe_unused]] const auto written = write(STDERR_FILENO, last_words.data(), last_words.size());
  _exit(kStatus);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

const char* Interrupted::what() const noexcept { return words_for_people.c_str(); }

void catch_interrupts(const std::string& text, bool live) {
  struct sigaction before = {};
  sigaction(SIGINT, nullptr, &before);
  if (before.sa_handler == SIG_IGN) return;
  words_for_people = text;
  last_words = std::string(live ? "\r\033[K" : "") + "assay: " + text + "\n";
  handle(SIGALRM, on_signal);
  handle(SIGINT, on_signal);
}

void stop_if_interrupted() {
  if (asked != 0) throw Interrupted();
}

void release_interrupts() {
  if (last_words.empty()) return;
  handle(SIGINT, SIG_DFL);
  alarm(0);
}

}  // namespace assay::cli

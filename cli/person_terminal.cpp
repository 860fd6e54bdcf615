#include "cli/person_terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "assay/core/error.h"
#include "assay/report/display_width.h"
#include "assay/report/wrapped_text.h"
#include "cli/interrupt.h"

namespace assay::cli {
namespace {

struct Size {
  std::size_t rows = 24;
  std::size_t columns = 80;
};

Size terminal_size() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20 || size.ws_row < 5) return {};
  return {size.ws_row, size.ws_col};
}

constexpr int kLookMilliseconds = 200;

volatile std::sig_atomic_t hung_up = 0;

extern "C" void on_hang_up(int) { hung_up = 1; }

// Single keys without an echo, and hang-ups as replies, for as long as it lives.
class SingleKeys {
 public:
  SingleKeys() {
    tcgetattr(STDIN_FILENO, &before_);
    termios single = before_;
    single.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    single.c_cc[VMIN] = 1;
    single.c_cc[VTIME] = 0;
    struct sigaction action = {};
    action.sa_handler = on_hang_up;
    sigaction(SIGHUP, &action, &hang_up_before_);
    sigaction(SIGTERM, &action, &term_before_);
    // What was typed before the question was seen is no answer to it.
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &single);
  }
  ~SingleKeys() {
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
    sigaction(SIGHUP, &hang_up_before_, nullptr);
    sigaction(SIGTERM, &term_before_, nullptr);
  }
  SingleKeys(const SingleKeys&) = delete;
  SingleKeys& operator=(const SingleKeys&) = delete;

 private:
  termios before_{};
  struct sigaction hang_up_before_ = {};
  struct sigaction term_before_ = {};
};

std::string ruled(const std::string& title, std::size_t columns) {
  std::string line = "── " + title + " ";
  for (std::size_t width = report::display_width(line); width < columns; ++width) line += "─";
  return line;
}

void add_part(const std::string& title, std::string_view text, std::size_t columns,
              std::vector<std::string>& lines) {
  lines.push_back(ruled(title, columns));
  for (std::string& line : report::wrapped_lines(text, columns)) lines.push_back(std::move(line));
  if (text.empty()) lines.emplace_back("(empty)");
  lines.emplace_back();
}

std::vector<std::string> lines_of(const asking::PersonQuestion& question, std::size_t columns) {
  std::vector<std::string> lines;
  if (!question.prompt.empty()) add_part("Prompt", question.prompt, columns, lines);
  add_part("Answer 1", question.first, columns, lines);
  add_part("Answer 2", question.second, columns, lines);
  lines.pop_back();
  return lines;
}

void write_out(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

PersonTerminal::PersonTerminal(std::string_view who, std::string_view again) : again_(again) {
  for (const auto& [stream, name] : {std::pair{STDIN_FILENO, "input"}, std::pair{STDERR_FILENO, "error"}}) {
    if (isatty(stream) == 1) continue;
    throw InvalidArgument(std::string(who) + " needs a terminal to ask at, standard " + name + " is none");
  }
}

asking::PersonReply PersonTerminal::ask(const asking::PersonQuestion& question) {
  const SingleKeys single;
  asked_ = question.number;
  for (std::size_t page = 0;;) {
    const Size size = terminal_size();
    const std::vector<std::string> lines = lines_of(question, size.columns);
    const std::size_t rows = size.rows - 2;
    const std::size_t pages = (lines.size() + rows - 1) / rows;
    page = std::min(page, pages - 1);
    // Short: with five digits and pages it just fits into 80 columns.
    std::string keys = "Question ";
    keys += most_ > 0 ? std::to_string(before_ + question.number) + " of " + std::to_string(most_)
                      : std::to_string(question.number);
    keys += ": better is 1, 2, neither 0; ";
    if (question.can_skip) keys += "s skip, ";
    keys += question.can_undo ? "u undo, q quit, ?" : "q quit, ?";
    if (pages > 1) keys += "; page " + std::to_string(page + 1) + "/" + std::to_string(pages);
    show(lines, page * rows, rows, report::cut_to_width(keys, size.columns - 1));
    switch (read_key()) {
      case Key::first: return asking::PersonReply::first;
      case Key::second: return asking::PersonReply::second;
      case Key::draw: return asking::PersonReply::draw;
      case Key::quit: return asking::PersonReply::quit;
      case Key::skip:
        if (question.can_skip) return asking::PersonReply::skip;
        break;
      case Key::undo:
        if (question.can_undo) return asking::PersonReply::undo;
        break;
      case Key::forward: page = std::min(page + 1, pages - 1); break;
      case Key::back: page = page > 0 ? page - 1 : 0; break;
      case Key::help: show_help(question.can_skip); break;
      case Key::none: break;
    }
  }
}

void PersonTerminal::set_progress(std::size_t answered, std::size_t most) {
  before_ = answered - std::min(answered, asked_);
  most_ = most;
}

void PersonTerminal::show_help(bool can_skip) {
  std::vector<std::string> lines = {
      "1            the first answer is better",
      "2            the second answer is better",
      "0            neither is",
      "u            take the last reply back",
      "space, down  next page",
      "b, up        page before",
      "q            stop here; what you said is kept, and the same " + again_ + " goes on",
      "",
      "Nothing here tells whose answers they are, and which one stands first is drawn anew each time."};
  if (most_ > 0) {
    lines.emplace_back(
        "The second number is the most that may be asked: it ends before that where the answer is sure.");
  }
  if (can_skip) lines.insert(lines.begin() + 3, "s            skip: somebody else is asked");
  show(lines, 0, lines.size(), "any key goes back");
  read_key();
}

void PersonTerminal::show(const std::vector<std::string>& lines, std::size_t from, std::size_t count,
                          const std::string& keys) {
  std::string screen = "\033[H\033[2J";
  for (std::size_t i = from; i < std::min(from + count, lines.size()); ++i) screen += lines[i] + "\n";
  write_out(screen + "\n\033[7m" + keys + "\033[0m ");
}

// Keys that send several bytes (arrows, Insert is ESC [ 2 ~) are read as a whole: a digit in them is no reply.
PersonTerminal::Key PersonTerminal::read_key() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  // A signal that comes just before the wait does not end it: look again now and then.
  for (int ready = 0; ready <= 0;) {
    stop_if_interrupted();
    if (hung_up != 0) return Key::quit;
    ready = poll(&input, 1, kLookMilliseconds);
    if (ready < 0 && errno != EINTR) return Key::quit;
  }
  std::array<char, 64> bytes;
  const ssize_t count = read(STDIN_FILENO, bytes.data(), bytes.size());
  write_out("\r\033[K");
  if (count <= 0) return Key::quit;  // the terminal is gone
  const std::string_view key(bytes.data(), static_cast<std::size_t>(count));
  if (key == "\033[B" || key == "\033[6~" || key == "\033OB") return Key::forward;
  if (key == "\033[A" || key == "\033[5~" || key == "\033OA") return Key::back;
  if (key.size() > 1) return Key::none;  // or a hand on the keyboard
  switch (key[0]) {
    case '1': return Key::first;
    case '2': return Key::second;
    case '0': return Key::draw;
    case 's': return Key::skip;
    case 'u': return Key::undo;
    case 'q':
    case '\x04': return Key::quit;  // Ctrl-D
    case ' ':
    case '\n':
    case '\r': return Key::forward;
    case 'b': return Key::back;
    case '?': return Key::help;
    default: return Key::none;
  }
}

}  // namespace assay::cli

#include "assay/judge/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <thread>

#include "assay/core/error.h"

namespace assay::judge {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kToEnd{1000};       // after its input was closed
constexpr milliseconds kToTerminate{500};  // after SIGTERM
constexpr milliseconds kLook{5};           // between two looks whether it has ended
constexpr std::size_t kRemarkBytes = 1000;
constexpr std::size_t kAtATime = 1 << 16;

void close_one(int& descriptor) {
  if (descriptor >= 0) close(descriptor);
  descriptor = -1;
}

// Both ends of a pipe, closed unless taken.
struct Pipe {
  int read = -1;
  int write = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
      throw OracleError(std::string("no pipe can be made: ") + strerror(errno));
    read = ends[0];
    write = ends[1];
  }
  ~Pipe() {
    close_one(read);
    close_one(write);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
};

int take(int& descriptor) {
  const int taken = descriptor;
  descriptor = -1;
  fcntl(taken, F_SETFL, fcntl(taken, F_GETFL) | O_NONBLOCK);
  return taken;
}

// The streams and signals of a program to be started.
struct SpawnSettings {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};

  SpawnSettings(const Pipe& in, const Pipe& out, const Pipe& err) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in.read, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out.write, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err.write, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    sigset_t usual;
    sigemptyset(&usual);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGQUIT, SIGHUP}) sigaddset(&usual, signal);
    posix_spawnattr_setsigdefault(&attributes, &usual);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
};

// Keeps the SIGPIPE of a write from this process, whatever it does with its signals otherwise.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    const timespec now{};
    if (!was_pending_) {
      while (sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& words) {
  Pipe in;
  Pipe out;
  Pipe err;
  const SpawnSettings settings(in, out, err);
  std::vector<std::string> copies = words;
  std::vector<char*> argv;
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t process = -1;
  const int failure = posix_spawnp(&process, argv[0], &settings.files, &settings.attributes, argv.data(), environ);
  if (failure != 0) {
    throw OracleError("the program " + quoted(words.front()) + " can't be started: " + strerror(failure));
  }
  process_ = process;
  input_ = take(in.write);
  answers_ = take(out.read);
  remarks_ = take(err.read);
  errors_.cut = true;
}

ChildProcess::~ChildProcess() {
  close_one(input_);
  if (process_ > 0 && !ended_within(kToEnd)) {
    kill(-process_, SIGTERM);
    ended_within(kToTerminate);
  }
  ChildProcess::kill_now();
  close_one(answers_);
  close_one(remarks_);
}

void ChildProcess::wait(milliseconds most) {
  std::array<pollfd, 3> streams{};
  const bool writes = input_ >= 0 && !out_.empty() && !refuses_input_;
  streams[0] = {writes ? input_ : -1, POLLOUT, 0};
  streams[1] = {answers_, POLLIN, 0};
  streams[2] = {remarks_, POLLIN, 0};
  if (poll(streams.data(), streams.size(), static_cast<int>(most.count())) <= 0) return;
  if (streams[0].revents != 0) write_some();
  if (streams[1].revents != 0) read_some(answers_, output_);
  if (streams[2].revents != 0) read_some(remarks_, errors_);
}

void ChildProcess::write_some() {
  const NoSigpipe guard;
  const ssize_t written = write(input_, out_.data(), std::min(out_.size(), kAtATime));
  if (written > 0) out_.erase(0, static_cast<std::size_t>(written));
  if (written < 0 && errno != EAGAIN && errno != EINTR) refuses_input_ = true;
}

void ChildProcess::read_some(int& descriptor, Lines& lines) {
  std::array<char, kAtATime> bytes;
  const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
  if (count > 0) lines.take({bytes.data(), static_cast<std::size_t>(count)});
  if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))) return;
  close_one(descriptor);
  lines.ended = true;
}

std::optional<std::string> ChildProcess::remark() {
  std::optional<std::string> line = errors_.next();
  if (line && line->size() > kRemarkBytes) line->resize(kRemarkBytes);
  return line;
}

std::string ChildProcess::broken() {
  if (output_.overlong()) {
    return "it wrote a line of more than " + std::to_string(kLongestLine) + " bytes";
  }
  if (output_.ended) return status_text();
  if (refuses_input_) return "it closed its standard input";
  return {};
}

void ChildProcess::kill_now() {
  if (process_ <= 0) return;
  kill(-process_, SIGKILL);  // The group has its number for as long as the process is not waited for.
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
}

// It stays a zombie for now: its number, and its group's, must not be another's when it is killed.
bool ChildProcess::ended_within(milliseconds most) {
  for (milliseconds waited{0};; waited += kLook) {
    siginfo_t info{};
    const int result = waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOWAIT | WNOHANG);
    if (result != 0 || info.si_pid != 0) return true;
    if (waited >= most) return false;
    std::this_thread::sleep_for(kLook);
  }
}

std::string ChildProcess::status_text() {
  close_one(input_);
  if (process_ <= 0 || !ended_within(kToEnd)) return "it closed its standard output";
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOWAIT | WNOHANG);
  if (info.si_code == CLD_EXITED) return "it ended with status " + std::to_string(info.si_status);
  return "it was ended by signal " + std::to_string(info.si_status) + " (" + strsignal(info.si_status) + ")";
}

void ChildProcess::Lines::take(std::string_view bytes) {
  if (overlong_) return;
  bytes_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  bytes_ += bytes;
}

std::optional<std::string> ChildProcess::Lines::next() {
  if (overlong_) return std::nullopt;
  const std::size_t end = bytes_.find('\n', std::max(scanned_, begin_));
  const bool whole = end != std::string::npos;
  const std::size_t length = (whole ? end : bytes_.size()) - begin_;
  if (length > kLongestLine) {
    if (!cut) {
      overlong_ = true;
      bytes_.clear();
      bytes_.shrink_to_fit();
      return std::nullopt;
    }
    if (!whole) {  // The rest of the line comes as a line of its own.
      std::string line = bytes_.substr(begin_);
      begin_ = scanned_ = bytes_.size();
      return line;
    }
  }
  if (!whole && (!ended || length == 0)) {
    scanned_ = bytes_.size();
    return std::nullopt;
  }
  std::string line = bytes_.substr(begin_, length);
  begin_ = scanned_ = whole ? end + 1 : bytes_.size();
  return line;
}

std::unique_ptr<Program> start_program(const std::vector<std::string>& words, const StartProgram& start) {
  std::unique_ptr<Program> hosted = start ? start(words) : nullptr;
  return hosted ? std::move(hosted) : std::make_unique<ChildProcess>(words);
}

}  // namespace assay::judge

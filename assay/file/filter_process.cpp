#include "assay/file/filter_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <utility>

#include "assay/core/utf8.h"

namespace assay::file {
namespace {

void close_end(int& descriptor) {
  if (descriptor >= 0) close(descriptor);
  descriptor = -1;
}

/// Two connected descriptors, closed unless taken.
struct Channel {
  int ours = -1;
  int theirs = -1;

  // Sockets: writing to a program that has gone can do without SIGPIPE.
  Channel() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      throw Error(std::string("no channel to a program can be made: ") + std::strerror(errno));
    }
    ours = ends[0];
    theirs = ends[1];
  }
  ~Channel() {
    close_end(ours);
    close_end(theirs);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  int take() { return std::exchange(ours, -1); }
};

std::string beside_this_program(const std::string& name) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / name;
  return !error && std::filesystem::is_regular_file(here, error) ? here.string() : name;
}

struct Spawning {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};

  Spawning(int in, int out, int err) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGQUIT, SIGHUP}) sigaddset(&signals, signal);
    posix_spawnattr_setsigdefault(&attributes, &signals);
  }
  ~Spawning() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;
};

}  // namespace

FilterProcess::FilterProcess(const std::vector<std::string>& words, Ours ours, const std::string& file) {
  const bool reads = ours == Ours::output;
  Channel bytes;
  Channel remarks;
  fcntl(remarks.theirs, F_SETFL, O_NONBLOCK);  // nobody reads them before the end: what is too much is lost
  fcntl(remarks.ours, F_SETFL, O_NONBLOCK);
  file_ = open(file.c_str(), O_CLOEXEC | (reads ? O_RDONLY : O_WRONLY | O_TRUNC));
  if (file_ < 0) throw Error(escaped(file) + ": can't be opened: " + std::strerror(errno));
  const Spawning spawning(reads ? file_ : bytes.theirs, reads ? bytes.theirs : file_, remarks.theirs);
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string program = beside_this_program(words.front());
  const int failure =
      posix_spawnp(&process_, program.c_str(), &spawning.files, &spawning.attributes, arguments.data(), environ);
  if (failure != 0) {
    process_ = -1;
    close_end(file_);
    throw NoProgram("the program " + quoted(words.front()) + " can't be started: " + std::strerror(failure));
  }
  ours_ = bytes.take();
  remarks_ = remarks.take();
}

FilterProcess::~FilterProcess() {
  if (process_ > 0) {
    kill(-process_, SIGKILL);
    while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  for (int* descriptor : {&file_, &ours_, &remarks_}) close_end(*descriptor);
}

std::size_t FilterProcess::read(char* to, std::size_t size) {
  ssize_t count = 0;
  do {
    count = ::read(ours_, to, size);
  } while (count < 0 && errno == EINTR);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

bool FilterProcess::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(ours_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::size_t FilterProcess::position() const {
  const off_t at = lseek(file_, 0, SEEK_CUR);
  return at > 0 ? static_cast<std::size_t>(at) : 0;
}

std::string FilterProcess::finish() {
  close_end(ours_);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0) {
    if (errno != EINTR) return std::string("it can't be waited for: ") + std::strerror(errno);
  }
  process_ = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  std::array<char, 1000> said{};
  const ssize_t count = ::read(remarks_, said.data(), said.size());
  std::string remark(said.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  remark.resize(std::min(remark.find('\n'), remark.size()));
  if (WIFSIGNALED(status)) {
    return "it was ended by signal " + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) + ")";
  }
  return remark.empty() ? "it ended with status " + std::to_string(WEXITSTATUS(status)) : escaped(remark);
}

}  // namespace assay::file

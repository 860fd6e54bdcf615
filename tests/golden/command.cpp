#include "tests/golden/command.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/places.h"

namespace assay {
namespace {

void redirect(int stream, const std::string& file, int flags) {
  const int opened = open(file.c_str(), flags | O_CLOEXEC, 0600);
  if (opened < 0 || dup2(opened, stream) < 0) _exit(126);
}

void redirect_all(const RunningCommand::Streams& streams, const std::string& out, const std::string& err) {
  constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
  redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
  redirect(STDOUT_FILENO, streams.out.empty() || streams.out == "-" ? out : streams.out, kWrite);
  redirect(STDERR_FILENO, err, kWrite);
  if (streams.no_input) close(STDIN_FILENO);
  if (streams.out == "-") close(STDOUT_FILENO);
  if (streams.no_error) close(STDERR_FILENO);
}

/// Whether `signal` is in a set of the process (proc(5)): SigCgt has those with a handler, ShdPnd those on the way.
/// False if it has ended.
bool in_signal_set(pid_t process, std::string_view set, int signal) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(set)) continue;
    return (std::stoull(line.substr(set.size()), nullptr, 16) >> static_cast<unsigned>(signal - 1) & 1U) != 0;
  }
  return false;
}

bool has_ended(pid_t process) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

constexpr std::chrono::milliseconds kLook{1};

}  // namespace

RunningCommand::RunningCommand(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                               const Streams& streams) {
  static std::atomic<int> runs{0};
  const std::string stem = "." + std::to_string(++runs);
  out_ = folder / (stem + ".out");
  err_ = folder / (stem + ".err");
  std::vector<std::string> all{tests::assay_command()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& argument : all) argv.push_back(argument.data());
  argv.push_back(nullptr);
  child_ = fork();
  if (child_ < 0) throw std::runtime_error("no process can be started");
  if (child_ > 0) return;
  signal(SIGINT, SIG_DFL);  // ignored where the tests run in the background
  redirect_all(streams, out_, err_);
  if (chdir(folder.c_str()) != 0) _exit(126);
  execv(argv[0], argv.data());
  _exit(127);
}

RunningCommand::~RunningCommand() {
  if (child_ < 0) return;
  send(SIGKILL);
  waitpid(child_, nullptr, 0);
}

void RunningCommand::send(int signal) const { kill(child_, signal); }

void RunningCommand::until_caught(int signal) const {
  while (!in_signal_set(child_, "SigCgt:", signal)) {
    if (has_ended(child_)) throw std::runtime_error("the command ended before it caught the signal");
    std::this_thread::sleep_for(kLook);
  }
}

void RunningCommand::until_delivered(int signal) const {
  while (in_signal_set(child_, "ShdPnd:", signal)) std::this_thread::sleep_for(kLook);
}

Finished RunningCommand::wait() {
  int status = 0;
  waitpid(child_, &status, 0);
  child_ = -1;
  Finished finished;
  finished.killed = WIFSIGNALED(status);
  finished.status = finished.killed ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  finished.out = contents(out_);
  finished.err = contents(err_);
  std::filesystem::remove(out_);
  std::filesystem::remove(err_);
  return finished;
}

CommandTest::CommandTest() {
  std::string pattern = (std::filesystem::temp_directory_path() / "assay-command-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
  folder_ = pattern;
}

CommandTest::~CommandTest() {
  std::error_code failure;
  std::filesystem::remove_all(folder_, failure);
}

std::string CommandTest::output(const std::string& line) const {
  const Finished finished = assay(line);
  EXPECT_EQ(finished.status, 0) << "assay " << line << "\n" << finished.err;
  return finished.out;
}

void CommandTest::copy(const std::string& from, const std::string& to) const {
  std::filesystem::copy_file(folder_ / from, folder_ / to);
}

void CommandTest::write(const std::string& name, const std::string& content) const {
  std::ofstream(folder_ / name, std::ios::binary) << content;
}

std::vector<std::string> CommandTest::words(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace assay

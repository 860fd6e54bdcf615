// Judge calls a second through one process: `select --oracle llm` against `replay-judge` on the same machine,
// client and server a process each; CPU seconds of the client for each request, beside the HTTP client alone on the
// same requests; memory at a thousand requests under way; and what keeping a call in the study takes.

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "assay/app/select.h"
#include "assay/app/synth.h"
#include "assay/asking/answer_book.h"
#include "assay/http/http_client.h"
#include "assay/judge/chat_protocol.h"
#include "bench/measure.h"
#include "server/replay_judge.h"

namespace {

using namespace assay;

struct Load {
  double wall = 0;
  double cpu = 0;
  double megabytes = 0;  // the most that was resident
  std::size_t requests = 0;
  std::size_t at_once = 0;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// `work` in a process of its own, so that its memory is its own.
Load apart(const std::function<Load()>& work) {
  int ends[2];
  if (pipe(ends) != 0) std::exit(1);
  const pid_t child = fork();
  if (child == 0) {
    Load load;
    const double before = cpu_seconds();
    load = work();
    load.cpu = cpu_seconds() - before;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    load.megabytes = static_cast<double>(usage.ru_maxrss) / 1e3;
    const bool written = write(ends[1], &load, sizeof load) == static_cast<ssize_t>(sizeof load);
    _exit(written ? 0 : 1);
  }
  Load load;
  close(ends[1]);
  if (read(ends[0], &load, sizeof load) != static_cast<ssize_t>(sizeof load)) std::exit(1);
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return load;
}

// A server in a process of its own.
class Server {
 public:
  Server(const std::string& study, std::chrono::milliseconds delay) {
    int ends[2];
    if (pipe(ends) != 0) std::exit(1);
    child_ = fork();
    if (child_ == 0) {
      const asking::AnswerBookReport book = asking::make_answer_book({.study = study});
      server::ReplayJudgeOptions options;
      options.delay = delay;
      server::ReplayJudge server(book.book, options);
      const std::uint16_t port = server.port();
      if (write(ends[1], &port, sizeof port) != sizeof port) _exit(1);
      server.run(true);
      _exit(0);
    }
    close(ends[1]);
    if (read(ends[0], &port_, sizeof port_) != sizeof port_) std::exit(1);
    close(ends[0]);
  }
  ~Server() {
    kill(child_, SIGTERM);
    waitpid(child_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string url() const { return fmt::format("http://127.0.0.1:{}/v1", port_); }

 private:
  pid_t child_ = -1;
  std::uint16_t port_ = 0;
};

// Every pair in both orders, `batch` requests under way.
Load select_all(const std::string& study, const std::string& url, std::size_t batch) {
  app::SelectRequest request;
  request.study = study;
  request.strategy = "random";
  request.batch = batch;
  request.threads = 1;
  request.choice.baseline = "baseline";
  request.oracle.name = "llm";
  request.oracle.llm.url = url;
  request.oracle.llm.model = "judge";
  Load load;
  asking::SelectReport report;
  load.wall = seconds_of([&] { report = app::run_select(request); });
  load.requests = report.bill->counts.requests();
  load.at_once = report.bill->counts.most_in_flight;
  return load;
}

// The same requests, and nothing done with the replies.
Load http_alone(const std::string& study_path, const std::string& url, std::size_t at_once, std::size_t total) {
  const store::Study study(study_path, store::Study::Mode::read);
  const store::Comparison comparison = study.comparison({});
  const ResponseTable responses = study.responses(comparison);
  const std::vector<std::string> prompts = study.prompts(comparison.queries);
  const judge::PromptTemplate standard = judge::PromptTemplate::standard(judge::PromptKind::pair);
  std::vector<std::string> bodies;
  for (std::size_t i = 0; i < 1000; ++i) {
    const QueryId query = query_id(i % comparison.queries.size());
    const ModelId model = model_id(i / comparison.queries.size());
    const judge::PairFields fields{prompts[index(query)], responses.at(query, model), responses.baseline(query)};
    bodies.push_back(judge::chat_request({.model = "judge"}, judge::PromptKind::pair,
                                         standard.render(fields, judge::ReplyKind::line).text));
  }
  http::HttpLimits limits;
  limits.connections = at_once;
  const auto client = http::make_http_client(limits);
  http::HttpRequest post{.url = url + "/chat/completions", .headers = {{"Content-Type", "application/json"}}};
  const auto send = [&](std::size_t i) {
    post.body = bodies[i % bodies.size()];
    client->send(post);
  };
  Load load;
  load.wall = seconds_of([&] {
    std::size_t sent = 0;
    while (sent < at_once) send(sent++);
    while (client->in_flight() > 0) {
      client->wait(http::Milliseconds(1000), [&](std::uint64_t, const http::HttpReply& reply) {
        if (reply.status == 200) ++load.requests;
        if (sent < total) send(sent++);
      });
    }
  });
  load.at_once = at_once;
  return load;
}

void report(const char* what, const Load& load) {
  const auto requests = static_cast<double>(load.requests);
  fmt::print("{:<16} {:>5} at once: {:>7.0f} requests a second, {:>6.1f} us of own CPU each, {:>6.1f} MB at most\n",
             what, load.at_once, requests / load.wall, 1e6 * load.cpu / requests, load.megabytes);
}

}  // namespace

int main() {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const ScratchFolder folder;
  const std::string made = folder.file("made.assay");
  app::run_synth({.study = made, .options = {.models = 40, .queries = 500, .seed = 1}});
  for (const auto& [delay, at_once] :
       {std::pair(0, 16), std::pair(0, 64), std::pair(0, 1000), std::pair(100, 1000)}) {
    const Server server(made, std::chrono::milliseconds(delay));
    fmt::print("a server that takes {} ms to answer\n", delay);
    std::vector<double> rates;
    for (int run = 0; run < 3; ++run) {
      const std::string study = folder.file(fmt::format("run-{}-{}-{}.assay", delay, at_once, run));
      std::filesystem::copy_file(made, study);
      const auto count = static_cast<std::size_t>(at_once);
      const Load all = apart([&] { return select_all(study, server.url(), count); });
      const Load alone = apart([&] { return http_alone(made, server.url(), count, all.requests); });
      report("select", all);
      report("HTTP alone", alone);
      fmt::print("  {:.2f} times the CPU of HTTP alone\n", all.cpu / alone.cpu);
      rates.push_back(static_cast<double>(all.requests) / all.wall);
      std::filesystem::remove(study);
    }
    fmt::print("  median of 3 runs: {:.0f} requests a second\n", median(rates));
  }
  return 0;
}

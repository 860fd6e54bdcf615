// Requests a second that `assay replay-judge` serves on one core: CPU seconds of the server's thread, beside the
// same server answering GET /v1/models, which is HTTP and nothing else; and a thousand connections at once.

#include "server/replay_judge.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "assay/app/synth.h"
#include "assay/asking/answer_book.h"
#include "assay/judge/chat_protocol.h"
#include "bench/measure.h"
#include "tests/server/http_exchange.h"

namespace {

using namespace assay;

double cpu_seconds_of_thread() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Load {
  double wall = 0;
  double server_cpu = 0;
  std::size_t answered = 0;
};

// `total` requests over so many connections, each connection sending its next one when its reply is there.
Load serve(const asking::AnswerBook& book, const std::vector<std::string>& requests, std::size_t connections,
           std::size_t total) {
  server::ReplayJudge server(book, {});
  Load load;
  std::thread thread([&] {
    const double before = cpu_seconds_of_thread();
    server.run(false);
    load.server_cpu = cpu_seconds_of_thread() - before;
  });
  std::vector<std::unique_ptr<HttpConnection>> open;
  std::vector<pollfd> streams;
  for (std::size_t i = 0; i < connections; ++i) {
    open.push_back(std::make_unique<HttpConnection>(server.port()));
    streams.push_back({open.back()->descriptor(), POLLIN, 0});
  }
  load.wall = seconds_of([&] {
    std::size_t sent = 0;
    std::size_t received = 0;
    for (const auto& connection : open) connection->send(requests[sent++ % requests.size()]);
    while (received < total) {
      if (poll(streams.data(), streams.size(), 10'000) <= 0) break;
      for (std::size_t i = 0; i < streams.size(); ++i) {
        if (streams[i].revents == 0) continue;
        if (open[i]->receive().status == 200) ++load.answered;
        ++received;
        if (sent < total) open[i]->send(requests[sent++ % requests.size()]);
      }
    }
  });
  server.stop();
  thread.join();
  return load;
}

void report(const char* what, const Load& load, std::size_t connections) {
  const double answered = static_cast<double>(load.answered);
  fmt::print(
      "{:<28} {:>5} connections: {:>7.0f} a second on one core ({:.1f} us of CPU each), {:>7.0f} by the clock "
      "with a client on the same machine; {} answered\n",
      what, connections, answered / load.server_cpu, 1e6 * load.server_cpu / answered, answered / load.wall,
      load.answered);
}

}  // namespace

int main() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const ScratchFolder folder;
  const std::string path = folder.file("bench.assay");
  app::run_synth({.study = path, .options = {.models = 20, .queries = 300, .seed = 1}});
  asking::AnswerBookReport book;
  const double seconds = seconds_of([&] { book = asking::make_answer_book({.study = path}); });
  fmt::print("answer book: {} prompts in {:.2f} s\n", book.book.prompts(), seconds);

  const store::Study study(path, store::Study::Mode::read);
  const store::Comparison comparison = study.comparison({});
  const ResponseTable responses = study.responses(comparison);
  const std::vector<std::string> prompts = study.prompts(comparison.queries);
  const judge::PromptTemplate standard = judge::PromptTemplate::standard(judge::PromptKind::pair);
  std::vector<std::string> chats;
  std::size_t bytes = 0;
  for (std::size_t q = 0; q < comparison.queries.size(); ++q) {
    const judge::PairFields fields{prompts[q], responses.at(query_id(q), model_id(q % 20)),
                                   responses.baseline(query_id(q))};
    const judge::Prompt prompt = standard.render(fields, judge::ReplyKind::line);
    chats.push_back(http_post("/v1/chat/completions",
                              judge::chat_request({.model = "judge"}, judge::PromptKind::pair, prompt.text)));
    bytes += chats.back().size();
  }
  fmt::print("a request has {} bytes\n", bytes / chats.size());
  const std::vector<std::string> plain{"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"};
  for (const std::size_t connections : {64UL, 1000UL}) {
    const Load reference = serve(book.book, plain, connections, 60'000);
    const Load load = serve(book.book, chats, connections, 60'000);
    report("GET /v1/models", reference, connections);
    report("POST /v1/chat/completions", load, connections);
    fmt::print("  a judgement takes {:.2f} times the CPU of plain HTTP\n", load.server_cpu / reference.server_cpu);
  }
  return 0;
}

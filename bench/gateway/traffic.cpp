// Clients and the model behind a gateway, in one process and one thread, so that a core of its own carries both:
//
//   traffic upstream PORT [--events N]            answers chats, whole or as N events, at once
//   traffic load HOST:PORT --bodies FILE [...]    sends them, and prints what it took as a line of JSON
//
//     --bodies FILE       a body of a request on each line; they are sent in turn
//     --connections N     that are kept open (default 1)
//     --rate R            requests a second, at even times; their latency counts from when they should have been
//                         sent (default: the next one as soon as a connection has its reply)
//     --seconds S         after a warm-up of a fifth of it (default 5)
//     --header 'A: B'     more of each request; may be repeated
//
// A request is right if its reply has the status 200 and comes whole: other ones are counted as failed.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "traffic: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// The value of a header, by its name in small letters and with the colon; empty if there is none.
std::string_view header(std::string_view head, std::string_view name) {
  for (std::size_t at = 0; (at = head.find("\r\n", at)) != std::string_view::npos;) {
    at += 2;
    bool same = head.size() >= at + name.size();
    for (std::size_t i = 0; same && i < name.size(); ++i)
      same = (head[at + i] | 0x20) == name[i] || head[at + i] == name[i];
    if (!same) continue;
    std::string_view value = head.substr(at + name.size());
    value = value.substr(0, value.find("\r\n"));
    while (value.starts_with(' ')) value.remove_prefix(1);
    return value;
  }
  return {};
}

// Bytes of the first message of `data`; 0 if it is not whole yet. A message without length and chunks has no body.
std::size_t message_size(std::string_view data) {
  const std::size_t end = data.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const std::string_view head = data.substr(0, end + 2);
  const std::size_t begin = end + 4;
  if (const std::string_view length = header(head, "content-length:"); !length.empty()) {
    const std::size_t whole = begin + std::strtoul(std::string(length).c_str(), nullptr, 10);
    return data.size() >= whole ? whole : 0;
  }
  if (!contains(header(head, "transfer-encoding:"), "chunked")) return begin;
  // The last chunk is the only one that can end so: events hold no empty line after a 0.
  const std::size_t last = data.find("0\r\n\r\n", begin);
  for (std::size_t at = begin; at < data.size();) {
    const std::size_t line = data.find("\r\n", at);
    if (line == std::string_view::npos || last == std::string_view::npos) return 0;
    const std::size_t size = std::strtoul(std::string(data.substr(at, line - at)).c_str(), nullptr, 16);
    at = line + 2 + size + 2;
    if (size == 0) return at <= data.size() ? at : 0;
  }
  return 0;
}

struct Connection {
  int fd = -1;
  std::string in, out;
  std::size_t sent = 0;
  bool busy = false;        // of a client: awaits a reply
  bool counted = false;     // its request was due after the warm-up
  Clock::time_point due;    // when its request should have been sent
  Clock::time_point first;  // when the reply's first byte was here
};

class Poll {
 public:
  Poll() : fd_(epoll_create1(0)) {}
  void add(int fd, void* what) const {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = what;
    if (epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll");
  }
  int wait(std::vector<epoll_event>& events, int milliseconds) const {
    return epoll_wait(fd_, events.data(), static_cast<int>(events.size()), milliseconds);
  }

 private:
  int fd_;
};

void set_up(int fd) {
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

// False if the connection has ended.
bool receive(Connection& connection) {
  char buffer[16384];
  for (;;) {
    const ssize_t got = recv(connection.fd, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (got > 0) {
      connection.in.append(buffer, static_cast<std::size_t>(got));
      continue;
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR);
  }
}

bool flush(Connection& connection) {
  while (connection.sent < connection.out.size()) {
    const ssize_t put = send(connection.fd, connection.out.data() + connection.sent,
                             connection.out.size() - connection.sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put < 0) return errno == EAGAIN || errno == EINTR;
    connection.sent += static_cast<std::size_t>(put);
  }
  connection.out.clear();
  connection.sent = 0;
  return true;
}

sockaddr_in address_of(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) fail("expected an address in numbers, " + host);
  return address;
}

// --- the model ---

std::string chunk(const std::string& data) {
  char size[32];
  std::snprintf(size, sizeof(size), "%zx\r\n", data.size());
  return size + data + "\r\n";
}

std::string event(const std::string& delta, const std::string& more) {
  return R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[)" +
         delta + "]" + more + "}\n\n";
}

int serve(int port, int events) {
  const std::string usage = R"("usage":{"prompt_tokens":70,"completion_tokens":16,"total_tokens":86})";
  const std::string body =
      R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"m","choices":[{"index":0,)"
      R"("message":{"role":"assistant","content":"The answer is (C): acetic acid is what gives vinegar its taste."},)"
      R"("finish_reason":"stop"}],)" +
      usage + "}";
  const std::string whole =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n" + body;
  std::vector<std::string> stream = {
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"};
  for (int i = 0; i < events; ++i)
    stream.push_back(chunk(event(R"({"index":0,"delta":{"content":" word"},"finish_reason":null})", "")));
  const std::string usage_chunk = chunk(event("", "," + usage));
  const std::string end = chunk("data: [DONE]\n\n") + "0\r\n\r\n";

  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
  const sockaddr_in address = address_of("127.0.0.1", port);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) fail("bind");
  if (listen(listener, 4096) != 0) fail("listen");
  const Poll poll;
  poll.add(listener, nullptr);
  std::vector<epoll_event> ready(256);
  for (;;) {
    const int count = poll.wait(ready, -1);
    for (int i = 0; i < count; ++i) {
      auto* connection = static_cast<Connection*>(ready[static_cast<std::size_t>(i)].data.ptr);
      if (connection == nullptr) {
        for (int fd; (fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
          set_up(fd);
          auto* made = new Connection;
          made->fd = fd;
          poll.add(fd, made);
        }
        continue;
      }
      bool open = receive(*connection);
      for (std::size_t size; (size = message_size(connection->in)) > 0;) {
        const std::string_view request = std::string_view(connection->in).substr(0, size);
        if (contains(request, "\"stream\":true")) {
          // Each event is a packet of its own, as of a model that writes.
          for (const std::string& piece : stream) {
            connection->out += piece;
            open = flush(*connection) && open;
          }
          if (contains(request, "\"include_usage\":true")) connection->out += usage_chunk;
          connection->out += end;
        } else {
          connection->out += whole;
        }
        connection->in.erase(0, size);
      }
      if (!flush(*connection) || !open) {
        close(connection->fd);
        delete connection;
      }
    }
  }
}

// --- the clients ---

struct Load {
  std::string host, bodies;
  int port = 0;
  std::size_t connections = 1;
  double rate = 0;
  double seconds = 5;
  std::string headers;
};

class Clients {
 public:
  explicit Clients(const Load& load) : load_(load) {
    std::ifstream file(load.bodies, std::ios::binary);
    for (std::string line; std::getline(file, line);) {
      if (line.empty()) continue;
      requests_.push_back("POST /v1/chat/completions HTTP/1.1\r\nHost: " + load.host + ":" +
                          std::to_string(load.port) +
                          "\r\nContent-Type: application/json\r\nUser-Agent: traffic\r\nAccept: */*\r\n" +
                          load.headers + "Content-Length: " + std::to_string(line.size()) + "\r\n\r\n" + line);
    }
    if (requests_.empty()) fail("no bodies in " + load.bodies);
    for (std::size_t i = 0; i < load.connections; ++i) {
      connections_.push_back(std::make_unique<Connection>());
      open(*connections_.back());
    }
  }

  void run() {
    const Clock::time_point start = Clock::now();
    const auto span = [](double seconds) {
      return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    };
    begin_ = start + span(load_.seconds / 5);
    end_ = begin_ + span(load_.seconds);
    Clock::time_point due = start;
    poll_.add(timer_, nullptr);
    if (load_.rate == 0) {
      for (auto& connection : connections_) send_next(*connection, Clock::now());
    } else {
      for (auto& connection : connections_) idle_.push_back(connection.get());
    }
    std::vector<epoll_event> ready(512);
    while (Clock::now() < end_ || busy_ > 0) {
      if (load_.rate > 0) {
        const Clock::time_point now = Clock::now();
        for (; due <= now && due < end_; due += span(1 / load_.rate)) waiting_.push_back(due);
        while (!waiting_.empty() && !idle_.empty()) {
          Connection* connection = idle_.back();
          idle_.pop_back();
          send_next(*connection, waiting_.front());
          waiting_.pop_front();
        }
        wake_at(due);
      }
      const int count = poll_.wait(ready, 100);
      for (int i = 0; i < count; ++i) {
        void* what = ready[static_cast<std::size_t>(i)].data.ptr;
        if (what != nullptr) take(*static_cast<Connection*>(what));
      }
      if (Clock::now() > end_ + std::chrono::seconds(10)) {
        failed_ += busy_;
        break;
      }
    }
  }

  void print() {
    std::sort(latencies_.begin(), latencies_.end());
    std::sort(first_bytes_.begin(), first_bytes_.end());
    const auto quantile = [](const std::vector<double>& values, double q) {
      return values.empty() ? 0
                            : values[std::min(values.size() - 1,
                                              static_cast<std::size_t>(q * static_cast<double>(values.size())))];
    };
    std::printf(
        "{\"requests\": %zu, \"failed\": %zu, \"per_second\": %.1f, \"p50_ms\": %.4f, \"p90_ms\": %.4f, "
        "\"p99_ms\": %.4f, "
        "\"max_ms\": %.3f, \"first_byte_p50_ms\": %.4f, \"all\": %zu}\n",
        latencies_.size(), failed_, static_cast<double>(latencies_.size()) / load_.seconds,
        quantile(latencies_, 0.5), quantile(latencies_, 0.9), quantile(latencies_, 0.99), quantile(latencies_, 1),
        quantile(first_bytes_, 0.5), all_);
  }

 private:
  void open(Connection& connection) {
    connection.fd = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = address_of(load_.host, load_.port);
    if (connect(connection.fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) fail("connect");
    set_up(connection.fd);
    poll_.add(connection.fd, &connection);
  }

  // By a timer of the kernel: that of epoll counts in milliseconds.
  void wake_at(Clock::time_point due) {
    if (due == wake_) return;
    wake_ = due;
    const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(due.time_since_epoch()).count();
    itimerspec when{};
    when.it_value.tv_sec = since / 1'000'000'000;
    when.it_value.tv_nsec = since % 1'000'000'000;
    timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
  }

  void send_next(Connection& connection, Clock::time_point due) {
    connection.out = requests_[next_++ % requests_.size()];
    connection.in.clear();
    connection.busy = true;
    connection.due = due;
    connection.first = {};
    connection.counted = due >= begin_ && due < end_;
    ++busy_;
    flush(connection);
  }

  void take(Connection& connection) {
    flush(connection);
    const bool open_still = receive(connection);
    if (!connection.busy) {
      if (!open_still) reopen(connection);
      return;
    }
    const Clock::time_point now = Clock::now();
    if (!connection.in.empty() && connection.first == Clock::time_point{}) connection.first = now;
    const std::size_t size = message_size(connection.in);
    if (size == 0 && open_still) return;
    --busy_;
    ++all_;
    connection.busy = false;
    const bool right = size > 0 && connection.in.starts_with("HTTP/1.1 200");
    if (!right && failed_ == 0) std::fprintf(stderr, "traffic: %s\n", connection.in.substr(0, 600).c_str());
    if (!right) {
      ++failed_;
    } else if (connection.counted) {
      latencies_.push_back(std::chrono::duration<double, std::milli>(now - connection.due).count());
      first_bytes_.push_back(std::chrono::duration<double, std::milli>(connection.first - connection.due).count());
    }
    if (!open_still || contains(header(connection.in, "connection:"), "close")) reopen(connection);
    if (load_.rate > 0) {
      idle_.push_back(&connection);
    } else if (now < end_) {
      send_next(connection, Clock::now());
    }
  }

  void reopen(Connection& connection) {
    close(connection.fd);
    open(connection);
  }

  const Load& load_;
  Poll poll_;
  std::vector<std::string> requests_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;
  std::deque<Clock::time_point> waiting_;
  std::vector<double> latencies_, first_bytes_;
  Clock::time_point begin_, end_, wake_;
  int timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  std::size_t next_ = 0, busy_ = 0, failed_ = 0, all_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 2) {
    std::fprintf(stderr, "expected `upstream PORT` or `load HOST:PORT`\n");
    return 2;
  }
  const auto option = [&](const std::string& name, const std::string& standard) {
    const auto at = std::find(words.begin(), words.end(), name);
    return at == words.end() || at + 1 == words.end() ? standard : at[1];
  };
  if (words[0] == "upstream")
    return serve(std::atoi(words[1].c_str()), std::atoi(option("--events", "16").c_str()));
  Load load;
  const std::size_t colon = words[1].find(':');
  load.host = words[1].substr(0, colon);
  load.port = std::atoi(words[1].substr(colon + 1).c_str());
  load.bodies = option("--bodies", "");
  load.connections = std::strtoul(option("--connections", "1").c_str(), nullptr, 10);
  load.rate = std::atof(option("--rate", "0").c_str());
  load.seconds = std::atof(option("--seconds", "5").c_str());
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "--header") load.headers += words[i + 1] + "\r\n";
  }
  Clients clients(load);
  clients.run();
  clients.print();
  return 0;
}

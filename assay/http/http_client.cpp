#include "assay/http/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::http {
namespace {

constexpr std::size_t kEvents = 256;   // taken from the kernel at once
constexpr long kReceiveBuffer = 8192;  // bytes of a handle; judges say little
constexpr long kUploadBuffer = 16384;  // the least that libcurl takes
constexpr long kNamesKept = 600;       // seconds
constexpr Milliseconds kLongestWait{3'600'000};

struct EasyCloser {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiCloser {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

void start_curl() {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kStarted != CURLE_OK) throw OracleError("libcurl can't be started");
}

// One request, and the handle that is used again for the next.
struct Transfer {
  std::unique_ptr<CURL, EasyCloser> easy;
  std::uint64_t id = 0;
  std::string body;
  std::size_t sent = 0;  // bytes of it
  HttpReply reply;
  std::size_t limit = 0;
  bool overflow = false;
  std::array<char, CURL_ERROR_SIZE> error{};
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t length = size * count;
  if (transfer.reply.body.size() + length > transfer.limit) {
    transfer.overflow = true;
    return 0;  // ends the transfer
  }
  transfer.reply.body.append(bytes, length);
  return length;
}

// The body is read, not handed over, and can't be rewound: else libcurl would send it a second time, without a
// word, where a connection that was used before breaks, and both may be billed.
std::size_t give_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t length = std::min(size * count, transfer.body.size() - transfer.sent);
  std::copy_n(transfer.body.data() + transfer.sent, length, bytes);
  transfer.sent += length;
  return length;
}

HttpFailure failure_of(CURLcode code, const Transfer& transfer) {
  if (transfer.overflow) return HttpFailure::too_large;
  switch (code) {
    case CURLE_OK: return HttpFailure::none;
    case CURLE_URL_MALFORMAT:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE: return HttpFailure::unreachable;
    case CURLE_FILESIZE_EXCEEDED: return HttpFailure::too_large;
    default: break;
  }
  if (code != CURLE_OPERATION_TIMEDOUT) return HttpFailure::broken_off;
  // Without a connection nothing was sent.
  curl_off_t connected = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &connected);
  return connected > 0 ? HttpFailure::timed_out : HttpFailure::unreachable;
}

std::string detail_of(CURLcode code, const Transfer& transfer) {
  if (transfer.overflow) return fmt::format("expected a reply of at most {} bytes, came more", transfer.limit);
  const std::string_view detail = transfer.error.data();
  return escaped(detail.empty() ? std::string_view(curl_easy_strerror(code)) : detail);
}

bool fit_for_header(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

class CurlClient : public HttpClient {
 public:
  CurlClient(const HttpEndpoint& endpoint, const HttpLimits& limits)
      : url_(endpoint.url), limits_(limits), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) throw OracleError(fmt::format("no event queue: {}", std::strerror(errno)));
    multi_.reset(curl_multi_init());
    for (const auto& [name, value] : endpoint.headers) add_header(fmt::format("{}: {}", name, value), name);
    add_header("Expect:", "Expect");  // no round trip before the body
    CURLM* multi = multi_.get();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &CurlClient::on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &CurlClient::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(limits.connections));
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  }

  ~CurlClient() override {
    for (const auto& transfer : transfers_) curl_multi_remove_handle(multi_.get(), transfer->easy.get());
    transfers_.clear();
    multi_.reset();
    close(epoll_);
  }
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  void send(std::uint64_t id, std::string body) override {
    Transfer& transfer = idle_transfer();
    transfer.id = id;
    transfer.body = std::move(body);
    transfer.sent = 0;
    transfer.reply = {};
    transfer.overflow = false;
    transfer.error[0] = '\0';
    CURL* easy = transfer.easy.get();
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
    const CURLMcode code = curl_multi_add_handle(multi_.get(), easy);
    if (code != CURLM_OK) {
      idle_.push_back(&transfer);
      throw OracleError(fmt::format("a request can't be begun: {}", curl_multi_strerror(code)));
    }
    ++in_flight_;
  }

  std::size_t in_flight() const override { return in_flight_; }

  void wait(Milliseconds most, const std::function<void(std::uint64_t, HttpReply)>& take) override {
    const Milliseconds until = now() + std::min(most, kLongestWait);
    std::array<epoll_event, kEvents> events;
    while (true) {
      const Milliseconds end = timer_ ? std::min(until, *timer_) : until;
      const auto pause = static_cast<int>(std::max<Milliseconds::rep>(0, (end - now()).count()));
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), pause);
      for (int i = 0; i < count; ++i)
        act(events[static_cast<std::size_t>(i)].data.fd, events[static_cast<std::size_t>(i)].events);
      if (timer_ && *timer_ <= now()) {
        timer_.reset();
        act(CURL_SOCKET_TIMEOUT, 0);
      }
      if (hand_over(take) > 0 || now() >= until) return;
    }
  }

  Milliseconds now() const override {
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
  }

 private:
  void add_header(const std::string& line, const std::string& name) {
    if (!fit_for_header(line)) {
      throw InvalidArgument("the value of the header " + quoted(name) + " has control characters in it");
    }
    curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(headers_.release());
    headers_.reset(longer);
  }

  Transfer& idle_transfer() {
    if (idle_.empty()) {
      transfers_.push_back(std::make_unique<Transfer>());
      prepare(*transfers_.back());
      idle_.push_back(transfers_.back().get());
    }
    Transfer& transfer = *idle_.back();
    idle_.pop_back();
    return transfer;
  }

  void prepare(Transfer& transfer) {
    transfer.easy.reset(curl_easy_init());
    transfer.limit = limits_.body_bytes;
    CURL* easy = transfer.easy.get();
    if (easy == nullptr) throw std::bad_alloc();
    curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);  // the key goes nowhere else
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.whole.count()));
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, kNamesKept);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBuffer);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &give_body);
    curl_easy_setopt(easy, CURLOPT_READDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error.data());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
    if (!limits_.proxy_from_environment) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  }

  void act(curl_socket_t socket, std::uint32_t events) {
    int mask = 0;
    if ((events & (EPOLLIN | EPOLLHUP)) != 0) mask |= CURL_CSELECT_IN;
    if ((events & EPOLLOUT) != 0) mask |= CURL_CSELECT_OUT;
    if ((events & EPOLLERR) != 0) mask |= CURL_CSELECT_ERR;
    int running = 0;
    curl_multi_socket_action(multi_.get(), socket, mask, &running);
  }

  std::size_t hand_over(const std::function<void(std::uint64_t, HttpReply)>& take) {
    std::size_t count = 0;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      char* user = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &user);
      auto& transfer =
          *reinterpret_cast<Transfer*>(user);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast): curl's way
      finish(transfer, code);
      curl_multi_remove_handle(multi_.get(), easy);
      --in_flight_;
      const std::uint64_t id = transfer.id;
      HttpReply reply = std::move(transfer.reply);
      idle_.push_back(&transfer);
      ++count;
      take(id, std::move(reply));
    }
    return count;
  }

  static void finish(Transfer& transfer, CURLcode code) {
    CURL* easy = transfer.easy.get();
    HttpReply& reply = transfer.reply;
    reply.failure = failure_of(code, transfer);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    reply.status = static_cast<int>(status);
    if (reply.failure != HttpFailure::none) {
      reply.detail = detail_of(code, transfer);
      reply.body = {};
      return;
    }
    const char* type = nullptr;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    if (type != nullptr) reply.content_type = type;
    curl_off_t seconds = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
    constexpr curl_off_t kDay = 86400;
    if (seconds > 0) reply.retry_after = std::chrono::seconds(std::min(seconds, kDay));
  }

  // The kernel's queue follows what libcurl wants to be told of.
  static int on_socket(CURL* /*easy*/, curl_socket_t socket, int what, void* user, void* known) {
    auto& client = *static_cast<CurlClient*>(user);
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(client.epoll_, EPOLL_CTL_DEL, socket, nullptr);
      curl_multi_assign(client.multi_.get(), socket, nullptr);
      return 0;
    }
    epoll_event event{};
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    event.data.fd = socket;
    if (epoll_ctl(client.epoll_, known != nullptr ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) != 0) {
      // Known under this number from an earlier connection, or no longer.
      epoll_ctl(client.epoll_, errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
    }
    curl_multi_assign(client.multi_.get(), socket, &client);
    return 0;
  }

  static int on_timer(CURLM* /*multi*/, long milliseconds, void* user) {
    auto& client = *static_cast<CurlClient*>(user);
    client.timer_.reset();
    if (milliseconds >= 0) client.timer_ = client.now() + Milliseconds(milliseconds);
    return 0;
  }

  std::string url_;
  HttpLimits limits_;
  int epoll_;
  std::unique_ptr<curl_slist, ListCloser> headers_;
  std::unique_ptr<CURLM, MultiCloser> multi_;
  std::vector<std::unique_ptr<Transfer>> transfers_;
  std::vector<Transfer*> idle_;
  std::size_t in_flight_ = 0;
  std::optional<Milliseconds> timer_;
};

}  // namespace

void check_url(const std::string& url) {
  const auto part = [&](CURLU* parsed, CURLUPart which) {
    char* text = nullptr;
    std::string result;
    if (curl_url_get(parsed, which, &text, 0) == CURLUE_OK) result = text;
    curl_free(text);
    return result;
  };
  const std::unique_ptr<CURLU, UrlCloser> parsed(curl_url());
  const bool good = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
  const std::string scheme = good ? part(parsed.get(), CURLUPART_SCHEME) : "";
  if (!good || url.find('\0') != std::string::npos) {
    // The URL itself may hold a password.
    throw InvalidArgument("expected a URL like https://host/v1, came one that can't be read");
  }
  if (!part(parsed.get(), CURLUPART_USER).empty() || !part(parsed.get(), CURLUPART_PASSWORD).empty()) {
    throw InvalidArgument(
        "expected a URL without user and password, came one with them: a URL is kept in the study");
  }
  if (scheme != "http" && scheme != "https") {
    throw InvalidArgument("expected a URL that begins with http:// or https://, came " + quoted(scheme) + "://");
  }
  if (!part(parsed.get(), CURLUPART_QUERY).empty() || !part(parsed.get(), CURLUPART_FRAGMENT).empty()) {
    throw InvalidArgument("expected a URL without \"?\" and \"#\", came one with them: a URL is kept in the study");
  }
}

std::unique_ptr<HttpClient> make_http_client(const HttpEndpoint& endpoint, const HttpLimits& limits) {
  start_curl();
  check_url(endpoint.url);
  return std::make_unique<CurlClient>(endpoint, limits);
}

}  // namespace assay::http

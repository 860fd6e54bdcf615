#include "assay/http/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <span>
#include <string_view>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/http/certificates.h"
#include "assay/http/url.h"

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

void start_curl() {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kStarted != CURLE_OK) throw OracleError("libcurl can't be started");
}

// One request, and the handle that is used again for the next.
struct Transfer {
  std::unique_ptr<CURL, EasyCloser> easy;
  std::unique_ptr<curl_slist, ListCloser> headers;
  std::uint64_t id = 0;
  bool under_way = false;
  HttpRequest request;
  std::size_t sent = 0;  // bytes of the body
  HttpReply reply;
  bool overflow = false;
  bool stopped = false;
  std::exception_ptr thrown;  // by on_chunk
  std::array<char, CURL_ERROR_SIZE> error{};
};

// Headers of the reply that tell of limits, by the many names that they have.
Headers rate_limits_of(CURL* easy) {
  constexpr std::size_t kMost = 20;
  Headers limits;
  curl_header* header = nullptr;
  while ((header = curl_easy_nextheader(easy, CURLH_HEADER, -1, header)) != nullptr && limits.size() < kMost) {
    std::string name = header->name;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (name.find("ratelimit") == std::string::npos && name.find("rate-limit") == std::string::npos) continue;
    limits.emplace_back(std::move(name), header->value);
  }
  return limits;
}

// Status, content type, limits, and how long to wait.
void read_head(Transfer& transfer) {
  CURL* easy = transfer.easy.get();
  HttpReply& reply = transfer.reply;
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  const char* type = nullptr;
  curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
  if (type != nullptr) reply.content_type = type;
  reply.rate_limits = rate_limits_of(easy);
  curl_off_t seconds = 0;
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
  constexpr curl_off_t kDay = 86400;
  if (seconds > 0) reply.retry_after = std::chrono::seconds(std::min(seconds, kDay));
}

// False ends the transfer.
bool pass_on(Transfer& transfer, std::string_view bytes) {
  try {
    if (transfer.reply.status == 0) read_head(transfer);
    if (transfer.request.on_chunk(transfer.reply, bytes)) return true;
  } catch (...) {
    transfer.thrown = std::current_exception();
  }
  transfer.stopped = true;
  return false;
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t length = size * count;
  if (transfer.request.on_chunk) return length == 0 || pass_on(transfer, {bytes, length}) ? length : 0;
  if (transfer.reply.body.size() + length > transfer.request.body_bytes) {
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
  const std::size_t length = std::min(size * count, transfer.request.body.size() - transfer.sent);
  std::copy_n(transfer.request.body.data() + transfer.sent, length, bytes);
  transfer.sent += length;
  return length;
}

HttpFailure failure_of(CURLcode code, const Transfer& transfer) {
  if (transfer.overflow) return HttpFailure::too_large;
  if (transfer.stopped) return HttpFailure::stopped;
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

// Which variable named the proxy that the message speaks of; empty if it speaks of none.
std::string proxy_named_in(std::string_view message, std::string_view url) {
  const char* const plain[] = {"http_proxy", "all_proxy", "ALL_PROXY"};
  const char* const secure[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
  const bool https = url.substr(0, 6) == "https:";
  const std::span<const char* const> names = https ? std::span<const char* const>(secure) : plain;
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::optional<Url> proxy = url_in(value, Scheme::may_be_guessed);
    if (!proxy) return {};
    const std::string port = proxy->port.empty() ? "1080" : proxy->port;  // libcurl's default
    const bool meant = message.find(proxy->host + " port " + port) != std::string_view::npos ||
                       (message.find("proxy") != std::string_view::npos);
    return meant ? fmt::format("; {}:{} is the proxy that {} names", escaped(proxy->host), port, name) : "";
  }
  return {};
}

std::string detail_of(CURLcode code, const Transfer& transfer, bool by_proxy) {
  if (transfer.overflow) {
    return fmt::format("expected a reply of at most {} bytes, came more", transfer.request.body_bytes);
  }
  if (transfer.stopped) return "its reader has seen enough";
  const std::string_view detail = transfer.error.data();
  std::string text = escaped(detail.empty() ? std::string_view(curl_easy_strerror(code)) : detail);
  if (by_proxy) text += proxy_named_in(text, transfer.request.url);
  return text;
}

bool fit_for_header(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

class CurlClient : public HttpClient {
 public:
  explicit CurlClient(const HttpLimits& limits)
      : limits_(limits),
        certificates_(trusted_certificates(limits.heed_environment)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) throw OracleError(fmt::format("no event queue: {}", std::strerror(errno)));
    multi_.reset(curl_multi_init());
    CURLM* multi = multi_.get();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &CurlClient::on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &CurlClient::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(limits.connections));
    curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(limits.most_connections));
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(limits.most_per_host));
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

  std::uint64_t send(HttpRequest request) override {
    Transfer& transfer = idle_transfer();
    set_request(transfer, std::move(request));
    idle_.pop_back();
    transfer.id = next_id_++;
    transfer.under_way = true;
    ++in_flight_;
    if (in_curl_) {
      to_begin_.push_back(&transfer);
    } else {
      begin(transfer);
    }
    return transfer.id;
  }

  // Seldom, so it may look through all of them.
  void cancel(std::uint64_t id) override {
    const auto named = [id](const auto& transfer) { return transfer->under_way && transfer->id == id; };
    const auto found = std::find_if(transfers_.begin(), transfers_.end(), named);
    if (found == transfers_.end()) return;
    if (in_curl_) return to_cancel_.push_back(id);
    end(**found);
  }

  std::size_t in_flight() const override { return in_flight_; }

  void wait(Milliseconds most, const std::function<void(std::uint64_t, HttpReply)>& take) override {
    if (hand_over(take) > 0) return;  // left by a `take` that threw
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
  void begin(Transfer& transfer) {
    const CURLMcode code = curl_multi_add_handle(multi_.get(), transfer.easy.get());
    if (code == CURLM_OK) return;
    end(transfer);
    throw OracleError(fmt::format("a request can't be begun: {}", curl_multi_strerror(code)));
  }

  // Over, whatever came of it.
  void end(Transfer& transfer) {
    curl_multi_remove_handle(multi_.get(), transfer.easy.get());
    transfer.under_way = false;
    transfer.request.on_chunk = nullptr;
    transfer.thrown = nullptr;
    --in_flight_;
    idle_.push_back(&transfer);
  }

  // What was said while libcurl was at work.
  void catch_up() {
    for (const std::uint64_t id : std::exchange(to_cancel_, {})) {
      std::erase_if(to_begin_, [id](const Transfer* transfer) { return transfer->id == id; });
      cancel(id);
    }
    for (Transfer* transfer : std::exchange(to_begin_, {})) begin(*transfer);
  }

  // The last of idle_, which it leaves there.
  Transfer& idle_transfer() {
    if (idle_.empty()) {
      transfers_.push_back(std::make_unique<Transfer>());
      prepare(*transfers_.back());
      idle_.push_back(transfers_.back().get());
    }
    return *idle_.back();
  }

  // What is as in the handle's last request stays: as a rule nearly everything.
  static void set_request(Transfer& transfer, HttpRequest request) {
    HttpRequest& last = transfer.request;
    const bool first = transfer.headers == nullptr;
    if (first || last.url != request.url || last.method != request.method || last.headers != request.headers) {
      check_request(request);
    }
    CURL* easy = transfer.easy.get();
    if (first || last.headers != request.headers) set_headers(transfer, request);
    if (first || last.url != request.url) curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    if (first || last.method != request.method || last.body.empty() != request.body.empty()) {
      set_method(easy, request);
    }
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.whole.count()));
    last = std::move(request);
    transfer.sent = 0;
    transfer.reply = {};
    transfer.overflow = transfer.stopped = false;
    transfer.error[0] = '\0';
  }

  static void set_headers(Transfer& transfer, const HttpRequest& request) {
    std::unique_ptr<curl_slist, ListCloser> list;
    const auto add = [&](const std::string& line) {
      curl_slist* longer = curl_slist_append(list.get(), line.c_str());
      if (longer == nullptr) throw std::bad_alloc();
      static_cast<void>(list.release());
      list.reset(longer);
    };
    for (const auto& [name, value] : request.headers) add(value.empty() ? name + ";" : name + ": " + value);
    add("Expect:");  // no round trip before the body
    curl_easy_setopt(transfer.easy.get(), CURLOPT_HTTPHEADER, list.get());
    transfer.headers = std::move(list);
  }

  static void set_method(CURL* easy, const HttpRequest& request) {
    const std::string& method = request.method;
    const bool usual = method == "POST" || method == "GET" || method == "HEAD";
    const bool has_body = method == "POST" || !request.body.empty();
    curl_easy_setopt(easy, CURLOPT_NOBODY, 0L);
    curl_easy_setopt(easy, has_body ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);
    if (method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST,
                     usual && has_body == (method == "POST") ? nullptr : method.c_str());
  }

  void prepare(Transfer& transfer) {
    transfer.easy.reset(curl_easy_init());
    CURL* easy = transfer.easy.get();
    if (easy == nullptr) throw std::bad_alloc();
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);  // the key goes nowhere else
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, kNamesKept);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBuffer);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &give_body);
    curl_easy_setopt(easy, CURLOPT_READDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error.data());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
    if (!limits_.heed_environment) curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (!certificates_.file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, certificates_.file.c_str());
    if (!certificates_.folder.empty()) curl_easy_setopt(easy, CURLOPT_CAPATH, certificates_.folder.c_str());
  }

  void act(curl_socket_t socket, std::uint32_t events) {
    int mask = 0;
    if ((events & (EPOLLIN | EPOLLHUP)) != 0) mask |= CURL_CSELECT_IN;
    if ((events & EPOLLOUT) != 0) mask |= CURL_CSELECT_OUT;
    if ((events & EPOLLERR) != 0) mask |= CURL_CSELECT_ERR;
    int running = 0;
    in_curl_ = true;
    curl_multi_socket_action(multi_.get(), socket, mask, &running);
    in_curl_ = false;
    if (!to_begin_.empty() || !to_cancel_.empty()) catch_up();
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
      const std::uint64_t id = transfer.id;
      HttpReply reply = std::move(transfer.reply);
      const std::exception_ptr thrown = transfer.thrown;
      end(transfer);
      ++count;
      take(id, std::move(reply));
      if (thrown) std::rethrow_exception(thrown);
    }
    return count;
  }

  void finish(Transfer& transfer, CURLcode code) const {
    HttpReply& reply = transfer.reply;
    reply.failure = failure_of(code, transfer);
    read_head(transfer);
    if (reply.failure == HttpFailure::none) return;
    reply.detail = detail_of(code, transfer, limits_.heed_environment);
    reply.body = {};
    reply.content_type = {};
    reply.retry_after.reset();
    reply.rate_limits.clear();
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

  HttpLimits limits_;
  Certificates certificates_;
  int epoll_;
  std::unique_ptr<CURLM, MultiCloser> multi_;
  std::vector<std::unique_ptr<Transfer>> transfers_;
  std::vector<Transfer*> idle_;
  std::vector<Transfer*> to_begin_;
  std::vector<std::uint64_t> to_cancel_;
  std::uint64_t next_id_ = 1;
  bool in_curl_ = false;  // which must not be called from its own callbacks
  std::size_t in_flight_ = 0;
  std::optional<Milliseconds> timer_;
};

}  // namespace

void check_request(const HttpRequest& request) {
  request_url(request.url);
  const std::string& method = request.method;
  if (method.empty() || !std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    throw InvalidArgument("a method is in capital letters, came " + quoted(method));
  }
  for (const auto& [name, value] : request.headers) {
    if (fit_for_header(name) && fit_for_header(value)) continue;
    throw InvalidArgument("the value of the header " + quoted(name) + " has control characters in it");
  }
}

std::unique_ptr<HttpClient> make_http_client(const HttpLimits& limits) {
  start_curl();
  return std::make_unique<CurlClient>(limits);
}

}  // namespace assay::http

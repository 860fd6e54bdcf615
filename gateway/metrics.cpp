#include "gateway/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "assay/judge/prices.h"

namespace assay::gateway {
namespace {

// Those that OpenTelemetry's conventions for generative AI advise.
constexpr std::array kDurations = {0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
                                   1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
constexpr std::array kFirstTokens = {0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1,
                                     0.25,  0.5,   0.75, 1.0,  2.5,  5.0,  7.5,  10.0};
constexpr std::array kTokens = {1.0,     4.0,     16.0,     64.0,      256.0,     1024.0,     4096.0,
                                16384.0, 65536.0, 262144.0, 1048576.0, 4194304.0, 16777216.0, 67108864.0};
// Our own.
constexpr std::array kDecisions = {0.00005, 0.0001, 0.0002, 0.0003, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.1};

class Histogram {
 public:
  explicit Histogram(std::span<const double> bounds) : bounds_(bounds), counts_(bounds.size() + 1, 0) {}

  void observe(double value) {
    ++counts_[static_cast<std::size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin())];
    sum_ += value;
  }

  // `labels`: without braces, perhaps empty.
  void write(std::string& out, std::string_view name, const std::string& labels) const {
    const std::string first = labels.empty() ? "" : labels + ",";
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      below += counts_[i];
      const std::string bound = i < bounds_.size() ? fmt::format("{}", bounds_[i]) : "+Inf";
      fmt::format_to(std::back_inserter(out), "{}_bucket{{{}le=\"{}\"}} {}\n", name, first, bound, below);
    }
    const std::string braces = labels.empty() ? "" : "{" + labels + "}";
    fmt::format_to(std::back_inserter(out), "{}_sum{} {}\n{}_count{} {}\n", name, braces, sum_, name, braces,
                   below);
  }

 private:
  std::span<const double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

// As Prometheus wants the value of a label.
std::string label_value(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    result += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return result;
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

constexpr std::array<std::string_view, 3> kOperations = {"chat", "text_completion", "embeddings"};
constexpr std::array<std::string_view, 8> kAttempts = {"",        "refused", "limited", "error",
                                                       "connect", "timeout", "broken",  "cancelled"};

// A name as a number: the same name, the same number.
using Name = std::uint32_t;
constexpr Name kNobody = 0;  // no label
constexpr Name kOther = 1;

// What a series is told apart by. `asked`: the profile or the model that a client named; `kind` of error or token.
struct Series {
  std::uint8_t operation = 0;
  Name asked = kNobody;
  Name model = kNobody;
  int kind = 0;

  auto operator<=>(const Series&) const = default;  // NOLINT(modernize-use-nullptr): there is none
};

using Histograms = std::map<Series, Histogram>;

void observe(Histograms& histograms, const Series& series, std::span<const double> bounds, double value) {
  histograms.try_emplace(series, bounds).first->second.observe(value);
}

}  // namespace

class Metrics::Impl {
 public:
  Impl() {
    names_ = {"", "other"};
    numbers_ = {{"", kNobody}, {"other", kOther}};
  }

  void allow(const Configuration& configuration) {
    add("assay/vote");
    for (const Profile& profile : configuration.profiles) add(std::string(kProfilePrefix) + profile.name);
    for (const Upstream& upstream : configuration.models) {
      add(upstream.name);
      if (upstream.price) {
        prices_[number(upstream.name)] = *upstream.price;
      } else {
        prices_.erase(number(upstream.name));
      }
    }
  }

  void served(const Served& request) {
    const Name model = number(request.model);
    const Name asked = request.profile.empty() ? number(request.asked) : number_of_profile(request.profile);
    const int error = request.status >= 400 ? std::min(request.status, 599) : 0;
    const auto operation = static_cast<std::uint8_t>(request.operation);
    observe(durations_, {operation, asked, model, error}, kDurations, request.seconds);
    if (request.first_byte) {
      observe(first_bytes_, {operation, asked, model, 0}, kFirstTokens, *request.first_byte);
    }
    if (!request.tokens) return;
    observe(tokens_, {operation, asked, model, 0}, kTokens, static_cast<double>(request.tokens->in));
    observe(tokens_, {operation, asked, model, 1}, kTokens, static_cast<double>(request.tokens->out));
    add_cost(model, *request.tokens);
  }

  void spent(std::string_view model, const Tokens& tokens) { add_cost(number(model), tokens); }

  void add_cost(Name model, const Tokens& tokens) {
    if (const auto price = prices_.find(model); price != prices_.end()) {
      cost_[model] += judge::exact_dollars(price->second, tokens.in, tokens.out);
    }
  }

  void attempted(std::string_view model, Attempt how, double seconds) {
    observe(attempts_, {0, kNobody, number(model), static_cast<int>(how)}, kDurations, seconds);
  }

  void decided(std::string_view profile, std::string_view model, bool routed, double seconds) {
    ++decisions_[{0, number_of_profile(profile), number(model), routed ? 1 : 0}];
    decision_seconds_.observe(seconds);
  }

  void breaker(std::string_view model, bool open) { open_[number(model)] = open; }
  void reloaded(bool done) { ++(done ? reloads_ : failed_reloads_); }
  void log_failed() { ++log_failures_; }

  std::string text(const Gauges& gauges) const {
    std::string out;
    out.reserve(std::size_t{16} << 10U);
    head(out, "gen_ai_server_request_duration_seconds", "histogram",
         "A client's request, from its last byte to the last of the reply.");
    for (const auto& [series, histogram] : durations_) {
      std::string labels = labels_of(series);
      if (series.kind != 0) labels += fmt::format(",error_type=\"{}\"", series.kind);
      histogram.write(out, "gen_ai_server_request_duration_seconds", labels);
    }
    head(out, "gen_ai_server_time_to_first_token_seconds", "histogram",
         "Until the first byte of a streamed reply.");
    for (const auto& [series, histogram] : first_bytes_) {
      histogram.write(out, "gen_ai_server_time_to_first_token_seconds", labels_of(series));
    }
    head(out, "gen_ai_client_token_usage", "histogram", "Tokens of a request and its reply, as the model counts.");
    for (const auto& [series, histogram] : tokens_) {
      histogram.write(out, "gen_ai_client_token_usage",
                      labels_of(series) +
                          (series.kind == 0 ? ",gen_ai_token_type=\"input\"" : ",gen_ai_token_type=\"output\""));
    }
    head(out, "gen_ai_client_operation_duration_seconds", "histogram", "A request to a model, each retry its own.");
    for (const auto& [series, histogram] : attempts_) {
      std::string labels = label("gen_ai_request_model", series.model);
      if (series.kind != 0) {
        labels += fmt::format(",error_type=\"{}\"", kAttempts.at(static_cast<std::size_t>(series.kind)));
      }
      histogram.write(out, "gen_ai_client_operation_duration_seconds", labels);
    }
    head(out, "assay_cost_dollars_total", "counter", "What models with a known price have cost.");
    for (const auto& [model, cost] : cost_) {
      fmt::format_to(std::back_inserter(out), "assay_cost_dollars_total{{{}}} {:.12g}\n",
                     label("gen_ai_request_model", model), cost);
    }
    write_decisions(out);
    write_state(out, gauges);
    return out;
  }

 private:
  void add(const std::string& name) {
    if (numbers_.contains(name)) return;
    numbers_[name] = static_cast<Name>(names_.size());
    names_.push_back(name);
  }

  Name number(std::string_view name) const {
    const auto at = numbers_.find(name);
    return at == numbers_.end() ? kOther : at->second;
  }
  Name number_of_profile(std::string_view profile) const {
    return number(std::string(kProfilePrefix).append(profile));
  }

  std::string label(std::string_view key, Name name) const {
    return fmt::format("{}=\"{}\"", key, label_value(names_.at(name)));
  }

  std::string labels_of(const Series& series) const {
    std::string labels = fmt::format("gen_ai_operation_name=\"{}\",", kOperations.at(series.operation));
    labels += label("gen_ai_request_model", series.asked);
    if (series.model != kNobody) labels += "," + label("gen_ai_response_model", series.model);
    return labels;
  }

  void write_decisions(std::string& out) const {
    head(out, "assay_decisions_total", "counter",
         "Decisions; routed=\"false\": what the text says did not decide.");
    for (const auto& [series, count] : decisions_) {
      fmt::format_to(std::back_inserter(out), "assay_decisions_total{{{},{},routed=\"{}\"}} {}\n",
                     label("profile", series.asked), label("model", series.model), series.kind != 0, count);
    }
    head(out, "assay_decision_seconds", "histogram", "What a decision takes.");
    decision_seconds_.write(out, "assay_decision_seconds", "");
  }

  void write_state(std::string& out, const Gauges& gauges) const {
    const auto one = [&](std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
      head(out, name, type, help);
      fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
    };
    head(out, "assay_breaker_open", "gauge", "1: the model failed too often and is not asked for a while.");
    for (const auto& [model, open] : open_) {
      fmt::format_to(std::back_inserter(out), "assay_breaker_open{{{}}} {}\n", label("model", model), open ? 1 : 0);
    }
    head(out, "assay_reloads_total", "counter", "Configurations that were read anew.");
    fmt::format_to(std::back_inserter(out),
                   "assay_reloads_total{{result=\"done\"}} {}\nassay_reloads_total{{result=\"failed\"}} {}\n",
                   reloads_, failed_reloads_);
    one("assay_log_failures_total", "counter", "Lines of the decision log that could not be written.",
        log_failures_);
    one("assay_client_connections", "gauge", "Connections of clients.", gauges.connections);
    one("assay_requests_under_way", "gauge", "Requests whose reply has not ended.", gauges.under_way);
    one("assay_upstream_connections", "gauge", "Connections to models.", gauges.upstream_connections);
  }

  std::vector<std::string> names_;
  std::map<std::string, Name, std::less<>> numbers_;
  std::map<Name, judge::Price> prices_;
  Histograms durations_, first_bytes_, tokens_, attempts_;
  Histogram decision_seconds_{kDecisions};
  std::map<Series, std::uint64_t> decisions_;
  std::map<Name, double> cost_;  // dollars
  std::map<Name, bool> open_;
  std::uint64_t reloads_ = 0, failed_reloads_ = 0, log_failures_ = 0;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::allow(const Configuration& configuration) { impl_->allow(configuration); }
void Metrics::served(const Served& request) { impl_->served(request); }
void Metrics::attempted(std::string_view model, Attempt how, double seconds) {
  impl_->attempted(model, how, seconds);
}
void Metrics::spent(std::string_view model, const Tokens& tokens) { impl_->spent(model, tokens); }
void Metrics::decided(std::string_view profile, std::string_view model, bool routed, double seconds) {
  impl_->decided(profile, model, routed, seconds);
}
void Metrics::breaker(std::string_view model, bool open) { impl_->breaker(model, open); }
void Metrics::reloaded(bool done) { impl_->reloaded(done); }
void Metrics::log_failed() { impl_->log_failed(); }
std::string Metrics::text(const Gauges& gauges) const { return impl_->text(gauges); }

}  // namespace assay::gateway

#include "gateway/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>

namespace assay::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Configuration sample() {
  Configuration configuration;
  configuration.models = {{.name = "small", .price = judge::Price{Money{1'000'000}, Money{2'000'000}}},
                          {.name = "q\"\\\n"}};
  configuration.profiles = {{.name = "auto"}};
  return configuration;
}

// Lines of the text by what stands before the value.
std::map<std::string, std::string> values(const Metrics& metrics, const Gauges& gauges = {}) {
  std::map<std::string, std::string> result;
  std::istringstream lines(metrics.text(gauges));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t blank = line.rfind(' ');
    EXPECT_TRUE(result.emplace(line.substr(0, blank), line.substr(blank + 1)).second) << "twice: " << line;
  }
  return result;
}

constexpr const char* kServed =
    R"({gen_ai_operation_name="chat",gen_ai_request_model="assay/auto",gen_ai_response_model="small"})";

TEST(Metrics, CountWhatWasServed) {
  Metrics metrics;
  metrics.allow(sample());
  metrics.served(
      {.profile = "auto", .model = "small", .seconds = 0.05, .first_byte = 0.02, .tokens = Tokens{100, 5}});
  metrics.served({.profile = "auto", .model = "small", .seconds = 0.5});
  auto value = values(metrics);
  const std::string labels = std::string(kServed).substr(0, std::string(kServed).size() - 1);
  EXPECT_EQ(value["gen_ai_server_request_duration_seconds_count" + std::string(kServed)], "2");
  EXPECT_EQ(value["gen_ai_server_request_duration_seconds_sum" + std::string(kServed)], "0.55");
  EXPECT_EQ(value["gen_ai_server_request_duration_seconds_bucket" + labels + ",le=\"0.04\"}"], "0");
  EXPECT_EQ(value["gen_ai_server_request_duration_seconds_bucket" + labels + ",le=\"0.08\"}"], "1");
  EXPECT_EQ(value["gen_ai_server_request_duration_seconds_bucket" + labels + ",le=\"+Inf\"}"], "2");
  EXPECT_EQ(value["gen_ai_server_time_to_first_token_seconds_bucket" + labels + ",le=\"0.02\"}"], "1");
  EXPECT_EQ(value["gen_ai_client_token_usage_sum" + labels + ",gen_ai_token_type=\"input\"}"], "100");
  EXPECT_EQ(value["gen_ai_client_token_usage_bucket" + labels + ",gen_ai_token_type=\"output\",le=\"4\"}"], "0");
  EXPECT_EQ(value["gen_ai_client_token_usage_bucket" + labels + ",gen_ai_token_type=\"output\",le=\"16\"}"], "1");
  EXPECT_EQ(value["assay_cost_dollars_total{gen_ai_request_model=\"small\"}"], "0.00011");
}

TEST(Metrics, TellErrors) {
  Metrics metrics;
  metrics.allow(sample());
  metrics.served(
      {.operation = Operation::embeddings, .asked = "small", .model = "small", .status = 429, .seconds = 1});
  metrics.served({.status = 400, .seconds = 1});
  metrics.attempted("small", Attempt::timeout, 2);
  metrics.attempted("small", Attempt::ok, 2);
  auto value = values(metrics);
  EXPECT_EQ(value["gen_ai_server_request_duration_seconds_count{gen_ai_operation_name=\"embeddings\","
                  "gen_ai_request_model=\"small\",gen_ai_response_model=\"small\",error_type=\"429\"}"],
            "1");
  EXPECT_EQ(value["gen_ai_server_request_duration_seconds_count{gen_ai_operation_name=\"chat\","
                  "gen_ai_request_model=\"\",error_type=\"400\"}"],
            "1");
  EXPECT_EQ(value["gen_ai_client_operation_duration_seconds_count{gen_ai_request_model=\"small\","
                  "error_type=\"timeout\"}"],
            "1");
  EXPECT_EQ(value["gen_ai_client_operation_duration_seconds_count{gen_ai_request_model=\"small\"}"], "1");
}

TEST(Metrics, TellStateAndDecisions) {
  Metrics metrics;
  metrics.allow(sample());
  metrics.decided("auto", "small", true, 0.00015);
  metrics.decided("auto", "small", false, 0.00015);
  metrics.breaker("small", true);
  metrics.reloaded(true);
  metrics.reloaded(false);
  metrics.log_failed();
  auto value = values(metrics, {.connections = 3, .under_way = 2, .upstream_connections = 1});
  EXPECT_EQ(value["assay_decisions_total{profile=\"assay/auto\",model=\"small\",routed=\"true\"}"], "1");
  EXPECT_EQ(value["assay_decisions_total{profile=\"assay/auto\",model=\"small\",routed=\"false\"}"], "1");
  EXPECT_EQ(value["assay_decision_seconds_bucket{le=\"0.0002\"}"], "2");
  EXPECT_EQ(value["assay_decision_seconds_count"], "2");
  EXPECT_EQ(value["assay_breaker_open{model=\"small\"}"], "1");
  EXPECT_EQ(value["assay_reloads_total{result=\"done\"}"], "1");
  EXPECT_EQ(value["assay_reloads_total{result=\"failed\"}"], "1");
  EXPECT_EQ(value["assay_log_failures_total"], "1");
  EXPECT_EQ(value["assay_client_connections"], "3");
  EXPECT_EQ(value["assay_requests_under_way"], "2");
  EXPECT_EQ(value["assay_upstream_connections"], "1");
  metrics.breaker("small", false);
  EXPECT_EQ(values(metrics)["assay_breaker_open{model=\"small\"}"], "0");
}

TEST(Metrics, HaveNoMoreLabelsThanTheConfigurationHasNames) {
  Metrics metrics;
  metrics.allow(sample());
  const std::size_t before = metrics.text({}).size();
  for (int i = 0; i < 1'000; ++i) {
    const std::string name = "made-up-" + std::to_string(i);
    metrics.served({.profile = name, .model = name});
    metrics.attempted(name, Attempt::ok, 1);
    metrics.decided(name, name, true, 1);
    metrics.breaker(name, true);
  }
  const std::string text = metrics.text({});
  EXPECT_THAT(text, Not(HasSubstr("made-up")));
  EXPECT_THAT(text, HasSubstr("gen_ai_response_model=\"other\""));
  EXPECT_LT(text.size(), before + 10'000);
}

TEST(Metrics, EscapeLabels) {
  Metrics metrics;
  metrics.allow(sample());
  metrics.breaker("q\"\\\n", true);
  EXPECT_THAT(metrics.text({}), HasSubstr("assay_breaker_open{model=\"q\\\"\\\\\\n\"} 1\n"));
}

TEST(Metrics, KeepWhatWasCountedUnderAnOldConfiguration) {
  Metrics metrics;
  metrics.allow(sample());
  metrics.attempted("small", Attempt::ok, 1);
  Configuration other;
  other.models = {{.name = "large"}};
  metrics.allow(other);
  metrics.attempted("small", Attempt::ok, 1);
  metrics.attempted("large", Attempt::ok, 1);
  auto value = values(metrics);
  EXPECT_EQ(value["gen_ai_client_operation_duration_seconds_count{gen_ai_request_model=\"small\"}"], "2");
  EXPECT_EQ(value["gen_ai_client_operation_duration_seconds_count{gen_ai_request_model=\"large\"}"], "1");
}

// Prometheus refuses a page with a metric told twice, or one without its head before it.
TEST(Metrics, HaveEachTheirHead) {
  Metrics metrics;
  metrics.allow(sample());
  metrics.served({.model = "small", .tokens = Tokens{1, 1}});
  std::set<std::string> told;
  std::string current;
  std::istringstream lines(metrics.text({}));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, kind, name;
    words >> hash >> kind >> name;
    if (kind == "HELP") {
      EXPECT_TRUE(told.insert(name).second) << name;
      current = name;
    }
    EXPECT_TRUE(line.starts_with("# ") || line.starts_with(current)) << line;
  }
  EXPECT_GE(told.size(), 10U);
}

}  // namespace
}  // namespace assay::gateway

#include "gateway/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "assay/core/error.h"

namespace assay::gateway {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

using Variables = std::map<std::string, std::string>;

Configuration read(const std::string& text, const Variables& variables = {}) {
  return configuration_in(text, "models.json", [&](const std::string& name) -> std::optional<std::string> {
    const auto at = variables.find(name);
    return at == variables.end() ? std::nullopt : std::optional(at->second);
  });
}

std::string complaint(const std::string& text, const Variables& variables = {}) {
  try {
    read(text, variables);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

// Of one model with this beside its name and URL.
std::string complaint_of_model(const std::string& members, const Variables& variables = {}) {
  return complaint(R"({"models": [{"name": "a", "url": "http://host/v1", )" + members + "}]}", variables);
}

TEST(Configuration, IsRead) {
  const Configuration configuration = read(R"({
    "models": [
      {"name": "small", "model": "gpt-4o-mini", "url": "https://api.example.com/v1", "key_env": "KEY",
       "headers": {"X-Title": "mine", "X-Secret": {"env": "SECRET"}}, "price": {"in": 0.15, "out": 0.6},
       "at_once": 32, "router_name": "mini", "times": {"first_byte": 2.5}, "fallbacks": ["large"]},
      {"model": "large", "url": "http://[::1]:8000/api/"}],
    "profiles": {"auto": {}, "cheap": {"cost_weight": 0.02, "models": ["large", "small"], "guard": false}},
    "times": {"connect": 1, "between_bytes": 3}, "retries": 0,
    "limits": {"body_bytes": 1000, "header_bytes": 2000, "unsent_bytes": 3000, "connections": 40, "idle": 5,
               "grace": 0.5},
    "breaker": {"failures": 3, "pause": 20}})",
                                           {{"KEY", "sk-1"}, {"SECRET", "s"}});
  ASSERT_EQ(configuration.models.size(), 2U);
  const Upstream& small = configuration.models[0];
  EXPECT_EQ(small.name, "small");
  EXPECT_EQ(small.model, "gpt-4o-mini");
  EXPECT_EQ(small.router_name, "mini");
  EXPECT_EQ(small.address, (Address{true, "api.example.com", 443, "api.example.com"}));
  EXPECT_EQ(small.chat_target, "/v1/chat/completions");
  EXPECT_EQ(small.completions_target, "/v1/completions");
  EXPECT_EQ(small.embeddings_target, "/v1/embeddings");
  EXPECT_THAT(small.headers,
              ElementsAre(Pair("Authorization", "Bearer sk-1"), Pair("X-Title", "mine"), Pair("X-Secret", "s")));
  ASSERT_TRUE(small.price);
  EXPECT_EQ(small.price->in.micros, 150'000);
  EXPECT_EQ(small.at_once, 32U);
  EXPECT_EQ(small.times.connect, milliseconds(1000));
  EXPECT_EQ(small.times.first_byte, milliseconds(2500));
  EXPECT_EQ(small.times.between_bytes, milliseconds(3000));
  EXPECT_THAT(small.fallbacks, ElementsAre(1U));
  const Upstream& large = configuration.models[1];
  EXPECT_EQ(large.name, "large");
  EXPECT_EQ(large.router_name, "large");
  EXPECT_EQ(large.address, (Address{false, "::1", 8000, "[::1]:8000"}));
  EXPECT_EQ(large.chat_target, "/api/chat/completions");
  EXPECT_THAT(large.headers, IsEmpty());
  EXPECT_FALSE(large.price);
  ASSERT_EQ(configuration.profiles.size(), 2U);
  EXPECT_EQ(configuration.profile_of("assay/auto"), &configuration.profiles[0]);
  EXPECT_TRUE(configuration.profiles[0].guard);
  EXPECT_THAT(configuration.profiles[0].models, IsEmpty());
  const Profile& cheap = *configuration.profile_of("assay/cheap");
  EXPECT_EQ(cheap.cost_weight, 0.02);
  EXPECT_FALSE(cheap.guard);
  EXPECT_THAT(cheap.models, ElementsAre(0U, 1U));
  EXPECT_EQ(configuration.profile_of("auto"), nullptr);
  EXPECT_EQ(configuration.profile_of("assay/other"), nullptr);
  EXPECT_EQ(configuration.model_of("large"), 1U);
  EXPECT_EQ(configuration.model_of("gpt-4o-mini"), kNone);
  EXPECT_EQ(configuration.retries, 0U);
  EXPECT_EQ(configuration.limits.body_bytes, 1000U);
  EXPECT_EQ(configuration.limits.header_bytes, 2000U);
  EXPECT_EQ(configuration.limits.unsent_bytes, 3000U);
  EXPECT_EQ(configuration.limits.connections, 40U);
  EXPECT_EQ(configuration.limits.idle, milliseconds(5000));
  EXPECT_EQ(configuration.limits.grace, milliseconds(500));
  EXPECT_EQ(configuration.breaker.failures, 3U);
  EXPECT_EQ(configuration.breaker.pause, milliseconds(20'000));
}

TEST(Configuration, IsACandidatesFileToo) {
  const Configuration configuration =
      read(R"({"candidates": [{"model": "a", "url": "http://host/v1"}], "prices": {"a": {"in": 1, "out": 2}}})");
  EXPECT_EQ(configuration.models.at(0).price.value().out.micros, 2'000'000);
  ASSERT_EQ(configuration.profiles.size(), 1U);
  EXPECT_EQ(configuration.profiles[0].name, "auto");
  EXPECT_EQ(read(R"([{"model": "a", "url": "http://host/v1"}])").models.size(), 1U);
}

TEST(Configuration, HasTheDefaultAddressAndItsKey) {
  const Variables variables = {{"OPENAI_BASE_URL", "https://api.example.com/v1"}, {"OPENAI_API_KEY", "sk-2"}};
  EXPECT_THAT(read(R"([{"name": "a"}])", variables).models[0].headers,
              ElementsAre(Pair("Authorization", "Bearer sk-2")));
  // The default key goes to no other address.
  EXPECT_THAT(read(R"([{"name": "a", "url": "http://host/v1"}])", variables).models[0].headers, IsEmpty());
  EXPECT_EQ(complaint(R"([{"name": "a"}])"),
            "models.json: model 1: expected \"url\", or OPENAI_BASE_URL in the environment, came neither");
}

TEST(Configuration, KnowsAzure) {
  const Upstream model = read(R"([{"name": "a", "key_env": "K",
               "url": "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21"}])",
                              {{"K", "k"}})
                             .models[0];
  EXPECT_EQ(model.chat_target, "/openai/deployments/d/chat/completions?api-version=2024-10-21");
  EXPECT_EQ(model.embeddings_target, "/openai/deployments/d/embeddings?api-version=2024-10-21");
  EXPECT_THAT(model.headers, ElementsAre(Pair("api-key", "k")));
}

TEST(Configuration, SaysWhereItIsWrong) {
  EXPECT_EQ(complaint("{\n\n]"), "models.json:3: expected JSON, near \"{\\x0a\\x0a]\"");
  EXPECT_EQ(complaint("3"), "models.json: expected an object as \"models\", came \"3\"");
  EXPECT_THAT(complaint("{}"), HasSubstr("models.json: expected models, "));
  EXPECT_THAT(complaint(R"({"models": []})"), HasSubstr("came none"));
  EXPECT_THAT(complaint(R"({"models": [3]})"), HasSubstr("model 1: expected an object for each model, came \"3\""));
  EXPECT_THAT(complaint(R"({"model": []})"), HasSubstr("expected members models, "));
  EXPECT_THAT(complaint(R"({"models": [], "models": []})"), HasSubstr("comes twice in one object"));
  EXPECT_THAT(complaint(R"({"models": [], "candidates": []})"), HasSubstr("came both"));
  EXPECT_EQ(complaint(R"([{"url": "http://host"}])"),
            "models.json: model 1: expected \"name\" or \"model\", came neither");
  EXPECT_EQ(complaint(R"([{"name": "a", "url": "http://h"}, {"name": "a", "url": "http://h"}])"),
            "models.json: model 2: \"a\" comes twice");
  EXPECT_THAT(complaint(R"([{"name": "assay/auto", "url": "http://h"}])"), HasSubstr("does not begin with assay/"));
  EXPECT_THAT(complaint(R"([{"name": "a\u001b[1m", "url": "http://h"}])"), HasSubstr("without control characters"));
  EXPECT_THAT(complaint(R"([{"name": "a", "url": "ftp://h"}])"), HasSubstr("model 1: expected a URL"));
  for (const char* url : {"http://u:p@h", "http://u@h/v1", "http://h/v1?key=u:p"}) {
    const std::string said = complaint(std::string(R"([{"name": "a", "url": ")") + url + "\"}]");
    EXPECT_THAT(said, HasSubstr("models.json: model 1: expected a URL without"));
    EXPECT_THAT(said,
                HasSubstr(R"(: a key does not belong in a file: "key_env", or {"env": "NAME"} in "headers",)"));
    EXPECT_THAT(said, Not(HasSubstr("u:p")));
    EXPECT_THAT(said, Not(HasSubstr("study")));
  }
}

TEST(Configuration, RefusesMembersOfModels) {
  EXPECT_THAT(complaint_of_model(R"("temprature": 1)"), HasSubstr("model 1: expected members name, "));
  EXPECT_EQ(complaint_of_model(R"("system": "Be brief.")"),
            "models.json: model 1: a gateway sends requests on as they come, without \"system\" of its own");
  EXPECT_THAT(complaint_of_model(R"("at_once": 0)"), HasSubstr("expected 1 to 16384 as \"at_once\", came \"0\""));
  EXPECT_THAT(complaint_of_model(R"("times": {"connect": 0})"), HasSubstr("expected seconds, 0.001 to 86400"));
  EXPECT_THAT(complaint_of_model(R"("times": {"total": 1})"), HasSubstr("expected members connect"));
  EXPECT_THAT(complaint_of_model(R"("price": {"in": -1, "out": 1})"), HasSubstr("model 1"));
  EXPECT_THAT(complaint_of_model(R"("fallbacks": ["b"])"), HasSubstr("no model is called \"b\""));
  EXPECT_THAT(complaint_of_model(R"("fallbacks": ["a"])"), HasSubstr("no fallback of itself"));
  EXPECT_THAT(complaint_of_model(R"("fallbacks": "a")"), HasSubstr("expected names of models"));
}

TEST(Configuration, HasNoKeyInTheFile) {
  EXPECT_THAT(complaint_of_model(R"("api_key": "sk-secret")"), HasSubstr("a key does not belong in a file"));
  EXPECT_THAT(complaint_of_model(R"("key_env": "sk-secret")"), HasSubstr("which is not shown"));
  for (const char* members :
       {R"("key_env": "sk-secret")", R"("api_key": "sk-secret")",
        R"("headers": {"authorization": "Bearer sk-secret"})", R"("headers": {"X-API-Key": "sk-secret"})"}) {
    EXPECT_THAT(complaint_of_model(members), HasSubstr("models.json: model 1"));
    EXPECT_THAT(complaint_of_model(members), Not(HasSubstr("secret")));
  }
  EXPECT_EQ(complaint_of_model(R"("key_env": "KEY")"),
            "models.json: model 1: the environment variable \"KEY\" is not set");
  EXPECT_THAT(complaint_of_model(R"("key_env": "KEY")", {{"KEY", "a\r\nX: sk"}}),
              ::testing::AllOf(HasSubstr("control characters"), Not(HasSubstr("sk"))));
}

TEST(Configuration, ChecksHeaders) {
  EXPECT_THAT(complaint_of_model(R"("headers": {"Host": "x"})"), HasSubstr("does not say how a message is sent"));
  EXPECT_THAT(complaint_of_model(R"("headers": {"A B": "x"})"), HasSubstr("expected the name of a header"));
  EXPECT_THAT(complaint_of_model(R"("headers": {"X": "a\nb"})"), HasSubstr("control characters"));
  EXPECT_THAT(complaint_of_model(R"("headers": {"X": 3})"), HasSubstr("expected a text or"));
  EXPECT_THAT(complaint_of_model(R"("headers": {"X": {}})"), HasSubstr("came no name"));
  EXPECT_THAT(complaint_of_model(R"("headers": {"X": {"env": "NONE"}})"), HasSubstr("\"NONE\" is not set"));
  EXPECT_THAT(
      read(R"([{"name": "a", "url": "http://h", "key_env": "K", "headers": {"authorization": {"env": "A"}}}])",
           {{"K", "k"}, {"A", "Basic x"}})
          .models[0]
          .headers,
      ElementsAre(Pair("authorization", "Basic x")));
}

TEST(Configuration, ChecksProfiles) {
  const auto with = [](const std::string& profiles) {
    return complaint(R"({"models": [{"name": "a", "url": "http://h"}], "profiles": )" + profiles + "}");
  };
  EXPECT_THAT(with("[]"), HasSubstr("expected an object as \"profiles\""));
  EXPECT_THAT(with(R"({"a b": {}})"), HasSubstr("profile \"a b\": expected a name of letters"));
  EXPECT_THAT(with(R"({"x": {"cost": 1}})"),
              HasSubstr("profile \"x\": expected members cost_weight, models, guard"));
  EXPECT_THAT(with(R"({"x": {"cost_weight": -1}})"), HasSubstr("expected 0 or more"));
  EXPECT_THAT(with(R"({"x": {"models": []}})"), HasSubstr("expected names of models"));
  EXPECT_THAT(with(R"({"x": {"models": ["b"]}})"), HasSubstr("no model is called \"b\""));
  EXPECT_THAT(with(R"({"x": {"models": ["a", "a"]}})"), HasSubstr("comes twice"));
  EXPECT_THAT(with(R"({"x": {"guard": 1}})"), HasSubstr("expected true or false"));
  EXPECT_EQ(with("{}"), "");
}

TEST(Configuration, TurnsTheBreakerOff) {
  const std::string models = R"("models": [{"name": "a", "url": "http://h"}])";
  EXPECT_EQ(read("{" + models + R"(, "breaker": {"failures": 0}})").breaker.failures, 0U);
  EXPECT_THAT(complaint("{" + models + R"(, "breaker": {"failures": -1}})"), HasSubstr("\"failures\""));
  EXPECT_THAT(complaint("{" + models + R"(, "retries": 11})"), HasSubstr("expected 1 to 10 as \"retries\""));
}

TEST(Configuration, IsAFile) {
  EXPECT_THROW(read_configuration("/no/such/file", [](const std::string&) { return std::nullopt; }), Error);
}

}  // namespace
}  // namespace assay::gateway

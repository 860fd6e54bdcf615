#include "gateway/decision_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "assay/core/error.h"

namespace assay::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DecisionLogTest : public ::testing::Test {
 protected:
  DecisionLogTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / (std::string("assay_log_") + test->name());
    std::filesystem::create_directories(folder_);
    std::filesystem::remove(path());
    std::filesystem::remove(path() + ".1");
    configuration_.models = {
        {.name = "a", .router_name = "model0", .price = judge::Price{Money{1'000'000}, Money{2'000'000}}},
        {.name = "b", .router_name = "model1"}};
    configuration_.profiles = {{.name = "auto"}};
  }
  ~DecisionLogTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return (folder_ / "log.jsonl").string(); }
  static std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  bool write(DecisionLog& log, const Logged& request, const std::vector<float>& vector = {}) {
    return log.write(request, {{{0, 0.75, 1}, {1, 0.5, 2}}, true, "best for this text", vector},
                     configuration_.profiles[0], configuration_);
  }

  std::filesystem::path folder_;
  Configuration configuration_;
};

TEST_F(DecisionLogTest, SaysWhatWasDecided) {
  DecisionLog log(path());
  EXPECT_TRUE(write(
      log, {.id = "r1", .time = 1'800'000'000, .seconds = 0.25, .tokens = Tokens{100, 50}, .text = "a secret"}));
  EXPECT_EQ(
      content(path()),
      R"({"id":"r1","time":1800000000,"profile":"auto","model":"model0","chance":0.75,"tried":1,"cost":0.0002,)"
      R"("routed":true,"why":"best for this text","status":200,"seconds":0.25,"tokens_in":100,"tokens_out":50})"
      "\n");
}

TEST_F(DecisionLogTest, HasPromptsIfWanted) {
  DecisionLog log(path(), {.prompts = true});
  EXPECT_TRUE(write(log, {.text = "a \"secret\"\n\x1b[1m"}));
  EXPECT_THAT(content(path()), HasSubstr(R"("prompt":"a \"secret\"\n\u001b[1m"})"));
}

TEST_F(DecisionLogTest, HasVectorsIfWanted) {
  const Logged request = {.text = "a secret", .embedding = "e2"};
  const std::vector<float> vector = {0.5F, -1.0F};
  {
    DecisionLog log(path());
    EXPECT_FALSE(log.has_vectors());
    EXPECT_TRUE(write(log, request, vector));
  }
  EXPECT_THAT(content(path()), Not(HasSubstr("vector")));
  DecisionLog log(path(), {.vectors = true});
  EXPECT_TRUE(log.has_vectors());
  EXPECT_TRUE(write(log, request, vector));
  EXPECT_THAT(content(path()), HasSubstr(R"("vector":"AAAAPwAAgL8=","embedding":"e2"})"));
  EXPECT_THAT(content(path()), Not(HasSubstr("secret")));
  EXPECT_TRUE(write(log, {.id = "unknown words"}));
  const std::string lines = content(path());
  EXPECT_THAT(lines.substr(lines.find("unknown words")), Not(HasSubstr("vector")));
}

TEST_F(DecisionLogTest, TellsTheModelThatAnswered) {
  DecisionLog log(path());
  EXPECT_TRUE(write(log, {.answered = 1, .text = "x"}));
  EXPECT_TRUE(write(log, {.answered = kNone, .status = 502, .text = "x"}));
  const std::string lines = content(path());
  EXPECT_THAT(lines, HasSubstr(R"("model":"model1","chance":0.5,"tried":2,"routed")"));
  EXPECT_THAT(lines,
              HasSubstr(R"("profile":"auto","tried":2,"routed":true,"why":"best for this text","status":502)"));
  EXPECT_THAT(lines, Not(HasSubstr("prompt")));
  EXPECT_THAT(lines, HasSubstr(R"("why":"asked in place of model0, which failed")"));
}

// An outcome that is written into the line must not be that of a model that did not answer.
TEST_F(DecisionLogTest, TheModelWhoseErrorTheClientGotIsNoneThatAnswered) {
  DecisionLog log(path());
  EXPECT_TRUE(write(log, {.answered = kNone, .failed = 1, .status = 500}));
  EXPECT_THAT(content(path()), HasSubstr(R"("profile":"auto","tried":2,"failed":"model1","routed")"));
  EXPECT_THAT(content(path()), Not(HasSubstr("\"model\"")));
}

TEST_F(DecisionLogTest, CostsOfFewTokensAreNotRounded) {
  DecisionLog log(path());
  EXPECT_TRUE(write(log, {.tokens = Tokens{1, 0}}));
  configuration_.models[0].price = judge::Price{Money{50'000}, Money{80'000}};
  EXPECT_TRUE(write(log, {.tokens = Tokens{8, 1}}));
  EXPECT_THAT(content(path()), testing::AllOf(HasSubstr(R"("cost":1e-06,)"), HasSubstr(R"("cost":4.8e-07,)")));
}

TEST_F(DecisionLogTest, AppendsAndIsOpenedAnew) {
  { DecisionLog{path()}; }
  std::ofstream(path()) << "before\n";
  DecisionLog log(path());
  EXPECT_TRUE(write(log, {.id = "r1"}));
  std::filesystem::rename(path(), path() + ".1");
  EXPECT_TRUE(write(log, {.id = "r2"}));
  EXPECT_TRUE(log.reopen());
  EXPECT_TRUE(write(log, {.id = "r3"}));
  EXPECT_THAT(content(path() + ".1"), ::testing::AllOf(HasSubstr("before\n{\"id\":\"r1\""), HasSubstr("r2")));
  EXPECT_THAT(content(path()), ::testing::StartsWith("{\"id\":\"r3\""));
}

TEST_F(DecisionLogTest, NoLineGoesOnWithTheNext) {
  std::ofstream(path()) << "{\"half";
  DecisionLog log(path());
  EXPECT_TRUE(write(log, {.id = "r1"}));
  EXPECT_TRUE(log.reopen());
  EXPECT_TRUE(write(log, {.id = "r2"}));
  EXPECT_THAT(content(path()), ::testing::StartsWith("{\"half\n{\"id\":\"r1\""));
  EXPECT_THAT(content(path()), HasSubstr("}\n{\"id\":\"r2\""));
}

TEST_F(DecisionLogTest, SaysWhenItCannotBeWritten) {
  EXPECT_THROW(DecisionLog((folder_ / "none" / "log").string()), Error);
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  DecisionLog log("/dev/full");
  EXPECT_FALSE(write(log, {.id = "r1"}));
  EXPECT_FALSE(write(log, {.id = "r2"}));
}

}  // namespace
}  // namespace assay::gateway

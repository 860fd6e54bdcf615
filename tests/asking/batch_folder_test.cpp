#include "assay/asking/batch_folder.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "assay/judge/chat_protocol.h"
#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

class BatchFolderTest : public StudyTest {
 protected:
  BatchFolderTest() : study_(sample()) {}

  std::string folder() const { return path("batches"); }
  std::string file(const std::string& name) const { return folder() + "/" + name; }
  BatchFolder open(std::size_t tries = 2) {
    return {
        folder(), {"http://judge/v1", "m", judge::Price{Money{1'000'000}, Money{4'000'000}}, 100, tries}, study_};
  }
  static std::string request(const std::string& words) {
    return judge::chat_request({.model = "m", .max_tokens = 100}, judge::PromptKind::pair, words);
  }
  std::vector<Json> lines(const std::string& name) const {
    std::vector<Json> all;
    std::ifstream in(file(name));
    for (std::string line; std::getline(in, line);) all.push_back(Json::parse(line));
    return all;
  }
  static constexpr int kNoChat = -1;
  // Replies to all requests of a file: of this status, no answer if it is kNoChat, or with an error if it is 0.
  void answer(const std::string& name, int status = 200) {
    std::string text;
    for (const Json& line : lines(name)) {
      Json reply = {{"id", "r"}, {"custom_id", line["custom_id"]}, {"response", nullptr}, {"error", nullptr}};
      if (status == 200) {
        reply["response"] = {
            {"status_code", 200},
            {"body",
             {{"object", "chat.completion"},
              {"choices",
               {{{"message", {{"content", "it is " + line["custom_id"].get<std::string>()}}},
                 {"finish_reason", "stop"}}}},
              {"usage", {{"prompt_tokens", 10}, {"completion_tokens", 5}, {"total_tokens", 15}}}}}};
      } else if (status == kNoChat) {
        reply["response"] = {{"status_code", 200}, {"body", {{"object", "odd"}}}};
      } else if (status > 0) {
        reply["response"] = {{"status_code", status}, {"body", {{"error", {{"message", "no"}}}}}};
      } else {
        reply["error"] = {{"code", "batch_expired"}, {"message", "too late"}};
      }
      text += reply.dump() + "\n";
    }
    write(file("out-" + name), text);
  }

  store::Study study_;
};

TEST_F(BatchFolderTest, WritesRequestsAndTakesTheRepliesIntoTheLedger) {
  {
    BatchFolder batch = open();
    EXPECT_TRUE(batch.empty());
    batch.add(request("second"), 0, Money{3});
    batch.add(request("first"), 0, Money{3});
    batch.add(request("first"), 1, Money{3});
    EXPECT_THAT(batch.finish(),
                testing::AllOf(HasSubstr("batch-0001.jsonl: 3 requests"), HasSubstr("give the same command")));
  }
  const std::vector<Json> asked = lines("batch-0001.jsonl");
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_EQ(asked[0]["method"], "POST");
  EXPECT_EQ(asked[0]["url"], "/v1/chat/completions");
  EXPECT_EQ(asked[0]["body"]["messages"][0]["content"], "first") << "sorted, for caches";
  EXPECT_NE(asked[0]["custom_id"], asked[1]["custom_id"]);
  answer("batch-0001.jsonl");
  const BatchFolder again = open();
  EXPECT_EQ(again.taken(), 3U);
  // Half of (10 x 1 + 5 x 4) micro-dollars each.
  EXPECT_EQ(again.billed(), Money{45});
  const auto call = study_.paid_calls().find({"http://judge/v1", "m", request("second"), 0});
  ASSERT_TRUE(call);
  EXPECT_EQ(call->content, "it is " + asked[2]["custom_id"].get<std::string>());
  EXPECT_EQ(study_.paid_calls().spent(), Money{45});
  EXPECT_EQ(open().taken(), 0U) << "nothing is paid for twice";
  EXPECT_EQ(study_.paid_calls().spent(), Money{45});
}

TEST_F(BatchFolderTest, WhatHasNoOutputYetIsNotWrittenAgain) {
  for (int i = 0; i < 2; ++i) {
    BatchFolder batch = open();
    batch.add(request("one"), 0, Money{3});
    EXPECT_THAT(batch.finish(), HasSubstr(i == 0 ? "1 requests" : "batch-0001.jsonl has no output yet"));
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder()), {}), 1);
}

TEST_F(BatchFolderTest, AFileThatIsNotAnsweredYetHoldsUpTheNextBatch) {
  {
    BatchFolder batch = open();
    for (int i = 0; i < 50'001; ++i) batch.add(request(std::to_string(i)), 0, Money{});
    batch.finish();
  }
  answer("batch-0001-2.jsonl");
  BatchFolder batch = open();
  EXPECT_EQ(batch.taken(), 1U);
  batch.add(request("0"), 0, Money{});
  EXPECT_THAT(batch.finish(), testing::AllOf(HasSubstr("batch-0001.jsonl has no output yet"),
                                             HasSubstr("take it out of the folder")));
  EXPECT_FALSE(std::filesystem::exists(file("batch-0002.jsonl"))) << "what is under way would be paid for twice";
}

TEST_F(BatchFolderTest, WhatFailedIsAskedAgainUntilItIsGivenUp) {
  for (const char* name : {"batch-0001.jsonl", "batch-0002.jsonl"}) {
    BatchFolder batch = open();
    EXPECT_FALSE(batch.given_up(request("one"), 0));
    batch.add(request("one"), 0, Money{3});
    batch.finish();
    ASSERT_EQ(lines(name).size(), 1U);
    answer(name, kNoChat);
  }
  EXPECT_THAT(open().given_up(request("one"), 0).value_or("none"), HasSubstr("a reply without choices"));
  EXPECT_FALSE(open().given_up(request("one"), 1)) << "another repeat";
  EXPECT_FALSE(study_.paid_calls().find({"http://judge/v1", "m", request("one"), 0}));
}

TEST_F(BatchFolderTest, AReplyThatComesAfterTheRequestWasAskedAgainIsBilledToo) {
  for (int round = 1; round <= 2; ++round) {
    BatchFolder batch = open();
    batch.add(request("one"), 0, Money{3});
    if (round == 1) batch.add(request("two"), 0, Money{3});
    batch.finish();
    if (round == 1) {  // the output lacks "one"
      answer("batch-0001.jsonl");
      std::filesystem::rename(file("out-batch-0001.jsonl"), path("late.jsonl"));
      const std::string late = bytes(path("late.jsonl"));
      write(file("part.jsonl"), late.substr(late.find('\n') + 1));
    }
  }
  answer("batch-0002.jsonl");
  EXPECT_EQ(open().taken(), 1U);
  EXPECT_EQ(study_.paid_calls().spent(), Money{30});
  std::filesystem::rename(path("late.jsonl"), file("late.jsonl"));
  for (int i = 0; i < 2; ++i) {
    open();
    EXPECT_EQ(study_.paid_calls().spent(), Money{45}) << "once, whatever is read again";
  }
}

TEST_F(BatchFolderTest, ARequestThatIsRefusedForGoodIsGivenUpAtOnce) {
  {
    BatchFolder batch = open(5);
    batch.add(request("one"), 0, Money{3});
    batch.finish();
  }
  answer("batch-0001.jsonl", 400);
  EXPECT_TRUE(open(5).given_up(request("one"), 0));
}

TEST_F(BatchFolderTest, AChangedOrForeignFileIsRefused) {
  {
    BatchFolder batch = open();
    batch.add(request("one"), 0, Money{3});
    batch.finish();
  }
  write(file("foreign.jsonl"), R"({"custom_id": "x", "response": {"status_code": 200, "body": {}}, "error": null})"
                               "\n");
  EXPECT_THAT(error_of([&] { open(); }),
              HasSubstr("foreign.jsonl:1: expected the reply to a request of this folder"));
  std::filesystem::remove(file("foreign.jsonl"));
  std::string text = bytes(file("batch-0001.jsonl"));
  text.replace(text.find("one"), 3, "two");
  write(file("batch-0001.jsonl"), text);
  EXPECT_THAT(error_of([&] { open(); }),
              HasSubstr("batch-0001.jsonl:1: expected a request as it was written here"));
  write(file("batch-0001.jsonl"), "[1]\n");
  EXPECT_THAT(error_of([&] { open(); }), HasSubstr("expected a line of a batch"));
}

TEST_F(BatchFolderTest, WhatWasNeverRunOrCameAtABadTimeIsAskedFourTimesMore) {
  for (const int status : {0, 429}) {
    const std::string words = "status " + std::to_string(status);
    for (int i = 0; i < 5; ++i) {
      BatchFolder batch = open();
      EXPECT_FALSE(batch.given_up(request(words), 0)) << i;
      EXPECT_EQ(open(1).given_up(request(words), 0).has_value(), i > 0) << "no retries were wanted";
      batch.add(request(words), 0, Money{});
      const std::string told = batch.finish();
      answer(told.substr(folder().size() + 1, std::string("batch-0001.jsonl").size()), status);
    }
    EXPECT_TRUE(open().given_up(request(words), 0)) << words;
  }
}

TEST_F(BatchFolderTest, ALineThatDoesNotEndIsSaidToBeCut) {
  BatchFolder batch = open();
  batch.add(request("one"), 0, Money{});
  batch.finish();
  write(file("out.jsonl"), "{\"custom_id\": \"a1-");
  EXPECT_THAT(error_of([&] { open(); }), HasSubstr("came one that does not end (is the file whole?): "));
}

TEST_F(BatchFolderTest, SaysWhyRequestsAreAskedAgain) {
  const auto batch_of = [&](std::initializer_list<const char*> words) {
    BatchFolder batch = open();
    for (const char* one : words) batch.add(request(one), 0, Money{});
    return batch.finish();
  };
  EXPECT_THAT(batch_of({"one", "two"}), testing::Not(HasSubstr("failed")));
  answer("batch-0001.jsonl", 500);
  EXPECT_THAT(
      batch_of({"one", "two", "three"}),
      HasSubstr("batch-0002.jsonl: 3 requests, at most $0.00 at half the price, of which 2 failed in the batch "
                "before: expected HTTP status 200, came 500: \"no\"; have them"));
}

// Of another model, and of another kind.
TEST_F(BatchFolderTest, BatchesOfOthersAreLeftToThem) {
  const auto open_for = [&](const std::string& model, const BatchKind& kind) {
    return BatchFolder(folder(), {"http://judge/v1", model, {}, 100, 2, &kind}, study_);
  };
  {
    BatchFolder batch = open();
    batch.add(request("one"), 0, Money{3});
    batch.finish();
  }
  const std::string text = R"({"model":"m","input":["one"],"encoding_format":"float"})";
  {
    BatchFolder batch = open_for("m", embedding_batches());
    batch.add(text, 0, Money{});
    EXPECT_THAT(batch.finish(), HasSubstr("batch-0002.jsonl: 1 requests"))
        << "another's batch without an output is not waited for";
  }
  answer("batch-0001.jsonl");
  EXPECT_EQ(open_for("m", embedding_batches()).taken(), 0U);
  EXPECT_EQ(open_for("other", chat_batches()).taken(), 0U);
  EXPECT_EQ(study_.paid_calls().spent(), Money{});
  EXPECT_EQ(open().taken(), 1U);
  EXPECT_EQ(study_.paid_calls().spent(), Money{15});
}

TEST_F(BatchFolderTest, APipeIsNotWaitedFor) {
  for (const char* name : {"out.jsonl", "batch-0001.jsonl.part"}) {
    std::filesystem::create_directory(folder());
    ASSERT_EQ(mkfifo(file(name).c_str(), 0600), 0);
    EXPECT_THAT(error_of<DataError>([&] { open(); }), HasSubstr(std::string(name) + ": expected a plain file"));
    std::filesystem::remove(file(name));
  }
  ASSERT_EQ(symlink("/dev/zero", file("zero.jsonl").c_str()), 0);
  EXPECT_THAT(error_of<DataError>([&] { open(); }), HasSubstr("zero.jsonl: expected a plain file"));
}

TEST_F(BatchFolderTest, ManyRequestsAreSeveralFiles) {
  BatchFolder batch = open();
  for (int i = 0; i < 50'001; ++i) batch.add("{\"n\":" + std::to_string(i) + "}", 0, Money{});
  EXPECT_THAT(batch.finish(), HasSubstr("batch-0001.jsonl and 1 more: 50001 requests"));
  EXPECT_EQ(lines("batch-0001.jsonl").size(), 50'000U);
  EXPECT_EQ(lines("batch-0001-2.jsonl").size(), 1U);
}

}  // namespace
}  // namespace assay::asking

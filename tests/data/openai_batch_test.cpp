#include "assay/data/openai_batch.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

#include "assay/data/batch_files.h"
#include "assay/data/field_values.h"
#include "assay/data/json_reader.h"
#include "tests/data/expected_rows.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::HasSubstr;

RecordingSink imported_batch(const std::string& path) {
  RecordingSink sink;
  read_openai_batch(std::vector{path}, {}, sink, {});
  return sink;
}

std::string chat_request(std::string_view id, std::string_view model, std::string_view text = "6 x 7?") {
  return fmt::format(
      "{{\"custom_id\": \"{}\", \"method\": \"POST\", \"url\": \"/v1/chat/completions\", \"body\": {{\"model\": "
      "\"{}\", \"messages\": [{{\"role\": \"user\", \"content\": \"{}\"}}]}}}}\n",
      id, model, text);
}

std::string chat_reply(std::string_view id, std::string_view model, std::string_view message,
                       std::string_view finish = "stop") {
  return fmt::format(
      "{{\"id\": \"r\", \"custom_id\": \"{}\", \"response\": {{\"status_code\": 200, \"body\": {{\"model\": "
      "\"{}\", "
      "\"choices\": [{{\"index\": 0, \"message\": {}, \"finish_reason\": \"{}\"}}], \"usage\": "
      "{{\"prompt_tokens\": 5, "
      "\"completion_tokens\": 2}}}}}}, \"error\": null}}\n",
      id, model, message, finish);
}

std::string failed_reply(std::string_view id) {
  return fmt::format(
      "{{\"id\": \"r\", \"custom_id\": \"{}\", \"response\": {{\"status_code\": 429, \"body\": {{\"error\": "
      "{{\"message\": \"slow down\"}}}}}}, \"error\": null}}\n",
      id);
}

TEST(OpenaiBatch, RepliesAreJoinedToTheirRequests) {
  const SampleFolder folder;
  folder.write("in.jsonl", chat_request("2", "m", "7 x 7?") + chat_request("1", "m") + chat_request("3", "m") +
                               chat_request("4", "m") + chat_request("5", "m"));
  folder.write("out.jsonl", chat_reply("1", "m-2026", R"({"content": "42"})", "length") +
                                chat_reply("2", "m-2026", R"({"content": null, "refusal": "no"})") +
                                chat_reply("3", "m-2026", R"({"content": null, "tool_calls": [{"id": "c"}]})"));
  folder.write("err.jsonl", failed_reply("4"));
  const RecordingSink sink = imported_batch(folder.path());
  EXPECT_EQ(sink.queries.at({"2", 1}).value.first, "[user] 7 x 7?");
  EXPECT_EQ(sink.responses.at({"1", "m", 1}).value, "42");
  EXPECT_EQ(sink.responses.size(), 1U);
  const AnswerCost took{.tokens_in = 5, .tokens_out = 2};
  EXPECT_TRUE((sink.took.at({"1", "m"}) == took));
  EXPECT_THAT(sink.notes.at(0).first, HasSubstr("cut at the limit"));
  std::set<std::string> reasons;
  for (const auto& [reason, where] : sink.drops) reasons.insert(reason);
  EXPECT_EQ(reasons, (std::set<std::string>{"no answer: the model refused", "no answer: the model called a tool",
                                            "the request failed with status 429",
                                            "a request without a reply (not done, expired or cancelled)"}));
}

TEST(OpenaiBatch, ReadsTheResponsesInterfaceAndPartsAndChoices) {
  const SampleFolder folder;
  folder.write(
      "in.jsonl",
      R"({"custom_id": "1", "url": "/v1/responses", "body": {"model": "m", "instructions": "Be brief.", "input": "6 x 7?"}})"
      "\n"
      R"({"custom_id": "2", "url": "/v1/chat/completions", "body": {"model": "m", "n": 2, "messages": [{"role": "user", "content": [{"type": "text", "text": "See"}, {"type": "image_url"}]}]}})"
      "\n"
      R"({"custom_id": "3", "url": "/v1/completions", "body": {"model": "m", "prompt": "Once"}})"
      "\n");
  folder.write(
      "out.jsonl",
      R"({"custom_id": "1", "response": {"status_code": 200, "body": {"model": "m", "output": [{"type": "reasoning"}, {"type": "message", "content": [{"type": "output_text", "text": "4"}, {"type": "output_text", "text": "2"}]}], "usage": {"input_tokens": 3, "output_tokens": 4}}}, "error": null})"
      "\n"
      R"({"custom_id": "2", "response": {"status_code": 200, "body": {"choices": [{"index": 1, "message": {"content": "b"}}, {"index": 0, "message": {"content": "a"}}], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}}, "error": null})"
      "\n"
      R"({"custom_id": "3", "response": {"status_code": 200, "body": {"choices": [{"text": "upon"}]}}, "error": null})"
      "\n");
  const RecordingSink sink = imported_batch(folder.path("out.jsonl"));
  EXPECT_EQ(sink.queries.at({"1", 1}).value.first, "[system] Be brief.\n[user] 6 x 7?");
  EXPECT_EQ(sink.queries.at({"2", 1}).value.first, "[user] See\n[image_url]");
  EXPECT_EQ(sink.queries.at({"3", 1}).value.first, "Once");
  EXPECT_EQ(sink.messages,
            (std::map<std::string, std::string>{
                {"1", R"([{"role":"system","content":"Be brief."},{"role":"user","content":"6 x 7?"}])"}}));
  EXPECT_THAT(sink.notes, testing::Contains(testing::Pair(testing::HasSubstr("kept as one text"),
                                                          testing::HasSubstr("in.jsonl:2"))));
  EXPECT_EQ(sink.responses.at({"1", "m", 1}).value, "42");
  EXPECT_EQ(sink.responses.at({"2", "m", 1}).value, "a");
  EXPECT_EQ(sink.responses.at({"3", "m", 1}).value, "upon");
  EXPECT_EQ((sink.took.at({"1", "m"}).tokens_out), 4);
  EXPECT_EQ((sink.took.at({"2", "m"}).tokens_out), std::nullopt);
}

TEST(OpenaiBatch, TheModelTellsWhichInputAFileAnswers) {
  const SampleFolder folder;
  folder.write("x1.jsonl", chat_request("1", "gpt"));
  folder.write("x2.jsonl", chat_request("1", "gpt-mini"));
  folder.write("y1.jsonl", chat_reply("1", "gpt-mini-2026", R"({"content": "mini"})"));
  folder.write("y2.jsonl", chat_reply("1", "gpt-2026", R"({"content": "large"})"));
  const RecordingSink sink = imported_batch(folder.path());
  EXPECT_EQ(sink.responses.at({"1", "gpt", 1}).value, "large");
  EXPECT_EQ(sink.responses.at({"1", "gpt-mini", 1}).value, "mini");
  // One file: what belongs to it, and nothing else.
  EXPECT_EQ(imported_batch(folder.path("x2.jsonl")).responses.size(), 1U);
}

TEST(OpenaiBatch, NamesAndBatchObjectsTellItOfFailures) {
  const SampleFolder folder;
  folder.write("input_a.jsonl", chat_request("1", "m") + chat_request("2", "m"));
  folder.write("input_b.jsonl", chat_request("1", "n") + chat_request("2", "n"));
  folder.write("error_b.jsonl", failed_reply("1"));
  folder.write("file-e.jsonl", failed_reply("1"));
  EXPECT_THROW(imported_batch(folder.path()), InvalidArgument);
  folder.write("batch.json", R"({"id": "batch_1", "input_file_id": "input_a", "error_file_id": "file-e"})");
  const std::vector<BatchFiles> batches = find_batches(std::vector{folder.path()});
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0].replies, (std::vector<std::string>{folder.path("file-e.jsonl")}));
  EXPECT_EQ(batches[1].replies, (std::vector<std::string>{folder.path("error_b.jsonl")}));
}

TEST(OpenaiBatch, NeedsTheInput) {
  const SampleFolder folder;
  const std::string path = folder.write("out.jsonl", chat_reply("1", "m", R"({"content": "42"})"));
  EXPECT_THROW(imported_batch(path), InvalidArgument);
  EXPECT_FALSE(recognise_openai_batch(path).empty());
  EXPECT_EQ(recognise_openai_batch(folder.write("a.jsonl", "{\"query\": \"q\"}\n")), "");
  folder.write("in.jsonl", chat_request("2", "m"));
  EXPECT_THROW(imported_batch(path), DataError);  // replies to what was not asked
}

TEST(OpenaiBatch, APipeBesideTheFilesIsPassedOver) {
  const SampleFolder folder;
  const std::string input = folder.write("in.jsonl", chat_request("1", "m"));
  ASSERT_EQ(mkfifo(folder.path("out.jsonl").c_str(), 0600), 0);
  const std::vector<std::string> paths = {folder.path()};
  const auto batches = find_batches(paths);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].input, input);
  EXPECT_TRUE(batches[0].replies.empty());
}

TEST(OpenaiBatch, ReadsFilesAsTheReferenceSays) {
  const std::string folder = eval_tools_folder();
  if (folder.empty()) GTEST_SKIP() << "no benchmark data (ASSAY_BENCH_DATA)";
  const std::string tool = folder + "/openai-batch";
  ASSERT_FALSE(recognise_openai_batch(tool + "/in").empty());
  const RecordingSink sink = imported_batch(tool + "/in");
  std::size_t failed = 0;
  for (auto& row : expected_rows(tool + "/expected.csv")) {
    EXPECT_TRUE(sink.queries.contains({row["query_id"], 1}));
    if (row["error"].empty()) continue;
    ++failed;
    EXPECT_FALSE(sink.responses.contains({row["query_id"], row["model"], 1}));
  }
  std::size_t answered = 0;
  std::size_t silent = 0;
  read_json_lines(*open_source(tool + "/expected_texts.jsonl", nullptr), [&](const JsonValue& row) {
    const std::string query(row.field("query_id").string());
    const std::string model(row.field("model").string());
    EXPECT_EQ(sink.queries.at({query, 1}).value.first, row.field("prompt").string());
    if (row.field("response").is_null()) {
      ++silent;
      EXPECT_FALSE(sink.responses.contains({query, model, 1}));
      return;
    }
    ++answered;
    EXPECT_EQ(sink.responses.at({query, model, 1}).value, row.field("response").string());
    EXPECT_EQ((sink.took.at({query, model}).tokens_out), token_count(row.find("output_tokens")));
  });
  EXPECT_EQ(sink.responses.size(), answered);
  EXPECT_EQ(sink.drops.size(), silent);
  EXPECT_GE(silent, failed);
}

}  // namespace
}  // namespace assay::data

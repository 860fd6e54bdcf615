#include "assay/data/arena_hard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "assay/core/outcomes.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void import_arena_hard(const std::string& path, RecordingSink& sink, FormatOptions options = {}) {
  const std::vector<std::string> paths = {path};
  read_arena_hard(paths, options, sink, {});
}

double value_of_games(std::string_view games) {
  RecordingSink sink;
  const std::string text =
      "{\"question_id\":\"q\",\"model\":\"m\",\"baseline\":\"b\",\"games\":" + std::string(games) + "}";
  read_arena_judgments(*memory_source("f", text), "j", {}, sink);
  return sink.verdicts.begin()->second.value;
}

TEST(ArenaHard, MapsGames) {
  const auto games = [](std::string_view first, std::string_view second) {
    return value_of_games("[{\"score\":\"" + std::string(first) + "\"},{\"score\":\"" + std::string(second) +
                          "\"}]");
  };
  EXPECT_EQ(games("A>>B", "B>>A"), 0);
  EXPECT_EQ(games("B>>A", "A>>B"), 1);
  EXPECT_EQ(games("A=B", "A=B"), 0.5);
  EXPECT_EQ(games("A>B", "A>B"), 0.5);
  EXPECT_EQ(games("A>B", "A>>B"), 0.625);
  EXPECT_EQ(games("A>B", "B>A"), 0.25);
  EXPECT_EQ(games("A<<B", "B<A"), 0.5 + 3 / 8.0);
  for (const char* none : {"[]", "[null]", "[null,{\"score\":\"A>B\"}]", "[{\"score\":\"A>B\"},null]",
                           "[{\"score\":\"A>B\"},{\"score\":null,\"judgment\":{\"answer\":\"\"}}]"}) {
    EXPECT_TRUE(std::isnan(value_of_games(none))) << none;
  }
  EXPECT_THAT(error_of([&] { games("A>B", "A>C"); }),
              HasSubstr("f:1: expected A>>B, A>B, A=B, B>A, B>>A or null in \"score\""));
  EXPECT_THAT(error_of([] { value_of_games("[null,null,null]"); }), HasSubstr("f:1: expected at most two games"));
  EXPECT_THAT(error_of([] { value_of_games("{}"); }), HasSubstr("f:1: expected an array"));
}

TEST(ArenaHard, ReadsTheOldLayout) {
  const SampleFolder folder;
  folder.write("data/question.jsonl",
               "{\"question_id\":\"q\",\"category\":\"c\",\"cluster\":\"x\",\"turns\":[{\"content\":\"ask\"},{"
               "\"content\":\"more\"}]}\n");
  folder.write(
      "data/model_answer/m.jsonl.gz",
      gzipped(
          "{\"question_id\":\"q\",\"model_id\":\"m\",\"choices\":[{\"index\":0,\"turns\":[{\"content\":\"yes\"},"
          "{\"content\":{\"answer\":\"no\"}},{\"content\":null}]}]}\n"));
  folder.write("data/model_judgment/judge/m.jsonl",
               "{\"question_id\":\"q\",\"model\":\"m\",\"judge\":\"judge\",\"games\":[{\"score\":\"A=B\"},{"
               "\"score\":\"A>B\"}]}\n");
  RecordingSink sink;
  EXPECT_THAT(error_of([&] { import_arena_hard(folder.path("data"), sink); }),
              HasSubstr("m.jsonl:1: expected the judgements' baseline"));
  EXPECT_THROW(import_arena_hard(folder.path("data"), sink), InvalidArgument);
  FormatOptions options;
  options.baseline = "b";
  import_arena_hard(folder.path(), sink, options);
  EXPECT_EQ(sink.queries.at({"q", 1}).value, RecordingSink::Query("ask", "c"));
  EXPECT_EQ(sink.queries.at({"q", 2}).value, RecordingSink::Query("more", "c"));
  EXPECT_EQ(sink.responses.at({"q", "m", 1}).value, "yes");
  EXPECT_EQ(sink.responses.at({"q", "m", 2}).value, "no");
  ASSERT_EQ(sink.drops.size(), 1U);
  EXPECT_EQ(sink.drops[0].first, "no answer from the model");
  EXPECT_EQ(sink.verdicts.at({"q", "m", "b", "judge", 1}).value, 0.625);
  EXPECT_THAT(sink.baselines, ElementsAre("b"));
}

TEST(ArenaHard, ReadsTheCurrentLayout) {
  const SampleFolder folder;
  folder.write("v2/question.jsonl",
               "{\"uid\":\"u\",\"category\":\"hard_prompt\",\"subcategory\":\"coding\",\"prompt\":\"ask\"}\n");
  folder.write(
      "v2/model_answer/m.jsonl",
      "{\"uid\":\"u\",\"ans_id\":\"a\",\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"ask\"},"
      "{\"role\":\"assistant\",\"content\":{\"answer\":\"yes\"}}],\"tstamp\":1.5,\"metadata\":{}}\n");
  const std::string judgement =
      "{\"uid\":\"u\",\"category\":\"hard_prompt\",\"judge\":\"j1\",\"model\":\"m\",\"baseline\":\"o3\",\"games\":["
      "{\"score\":\"A>B\",\"judgment\":{\"answer\":\"x\"},\"prompt\":[]},null]}\n";
  folder.write("v2/model_judgment/j1/m.jsonl", judgement);
  folder.write("v2/model_judgment/j2/m.jsonl", judgement);
  RecordingSink sink;
  EXPECT_THAT(error_of([&] { import_arena_hard(folder.path("v2"), sink); }),
              HasSubstr("expected `judge` to name one of j1, j2, came none"));
  FormatOptions options;
  options.judge = "j2";
  import_arena_hard(folder.path("v2"), sink, options);
  EXPECT_EQ(sink.queries.at({"u", 1}).value, RecordingSink::Query("ask", "hard_prompt"));
  EXPECT_EQ(sink.responses.at({"u", "m", 1}).value, "yes");
  ASSERT_EQ(sink.verdicts.size(), 1U);
  EXPECT_TRUE(std::isnan(sink.verdicts.at({"u", "m", "o3", "j2", 1}).value));
  EXPECT_THAT(sink.baselines, ElementsAre("o3"));
}

TEST(ArenaHard, WantsOneBenchmarkFolder) {
  const SampleFolder folder;
  folder.write("v1/question.jsonl", "{}");
  folder.write("v1/model_judgment/j/m.jsonl", "{}");
  folder.write("v2/question.jsonl", "{}");
  folder.write("v2/model_answer/m.jsonl", "{}");
  RecordingSink sink;
  EXPECT_THAT(error_of([&] { import_arena_hard(folder.path(), sink); }),
              HasSubstr("expected one benchmark folder, came several"));
  EXPECT_THAT(error_of([&] { import_arena_hard(folder.path("v2"), sink); }), HasSubstr("expected folders JUDGE/"));
  EXPECT_THAT(error_of([&] { import_arena_hard(folder.path("v1/model_judgment"), sink); }),
              HasSubstr("came one without"));
  EXPECT_THAT(error_of([&] { import_arena_hard(folder.path("v1/question.jsonl"), sink); }),
              HasSubstr("came a file"));
}

TEST(ArenaHard, RealResultsGiveTheKnownCounts) {
  const std::string data = bench_data("ko_arena_hard");
  ASSAY_NEED_BENCH_DATA(data);
  RecordingSink sink;
  FormatOptions options;
  options.baseline = "claude-3.7-sonnet";
  import_arena_hard(data, sink, options);
  std::map<Outcome, std::size_t> counts;
  for (const auto& [key, verdict] : sink.verdicts) ++counts[outcome_of(verdict.value)];
  EXPECT_EQ(counts[Outcome::win], 10838U);
  EXPECT_EQ(counts[Outcome::draw], 4222U);
  EXPECT_EQ(counts[Outcome::loss], 22939U);
  EXPECT_EQ(counts[Outcome::none], 0U);
  EXPECT_EQ(sink.queries.size(), 500U);
  EXPECT_EQ(sink.responses.size(), 72U * 500U);
  EXPECT_EQ(sink.drops.size(), 1U);  // the one pair with one game
}

TEST(ArenaHard, OneGameOfTwoIsToldAndTakenOnDemand) {
  const std::string text =
      "{\"question_id\":\"q\",\"model\":\"m\",\"baseline\":\"b\",\"games\":[{\"score\":\"B>A\"}]}\n"
      "{\"question_id\":\"r\",\"model\":\"m\",\"baseline\":\"b\",\"games\":[{\"score\":\"A>>B\"}]}\n";
  RecordingSink left_out;
  read_arena_judgments(*memory_source("f", text), "j", {}, left_out);
  EXPECT_TRUE(left_out.verdicts.empty());
  const std::string reason = "only one of two games (`one_game` takes it)";
  EXPECT_EQ(left_out.drops, (std::vector<std::pair<std::string, std::string>>{{reason, "f:1"}, {reason, "f:2"}}));
  EXPECT_THAT(left_out.baselines, ElementsAre("b"));
  RecordingSink taken;
  read_arena_judgments(*memory_source("f", text), "j", {.one_game = true}, taken);
  EXPECT_EQ(taken.verdicts.at({"q", "m", "b", "j", 1}).value, 0.75);
  EXPECT_EQ(taken.verdicts.at({"r", "m", "b", "j", 1}).value, 0);
  EXPECT_EQ(taken.notes.size(), 2U);
  EXPECT_TRUE(taken.drops.empty());
}

TEST(ArenaHard, ModelsAndJudgesMayBeInFoldersOfTheirOrganisations) {
  const std::string questions = "{\"uid\":\"u\",\"prompt\":\"ask\"}\n";
  const auto answer = [](const std::string& model) {
    return "{\"uid\":\"u\",\"model\":\"" + model +
           "\",\"messages\":[{\"role\":\"assistant\",\"content\":\"yes\"}]}\n";
  };
  const auto judgement = [](const std::string& model) {
    return "\n{\"uid\":\"u\",\"model\":\"" + model +
           "\",\"baseline\":\"b\",\"games\":[{\"score\":\"B>A\"},{\"score\":\"A>B\"}]}\n";
  };
  const SampleFolder folder;
  folder.write("v/question.jsonl", questions);
  folder.write("v/model_answer/m.jsonl", answer("m"));
  folder.write("v/model_answer/org/n.jsonl", answer("org/n"));
  folder.write("v/model_judgment/j/m.jsonl", judgement("m"));
  folder.write("v/model_judgment/j/org/n.jsonl", judgement("org/n"));
  folder.write("v/model_judgment/maker/k/m.jsonl", judgement("m"));
  folder.write("v/model_judgment/only/org/n.jsonl", judgement("org/n"));
  RecordingSink sink;
  EXPECT_THAT(error_of([&] { import_arena_hard(folder.path("v"), sink); }),
              HasSubstr("expected `judge` to name one of j, maker/k, only, came none"));
  for (const auto& [judge, models] : std::map<std::string, std::size_t>{{"j", 2}, {"maker/k", 1}, {"only", 1}}) {
    FormatOptions options;
    options.judge = judge;
    RecordingSink one;
    import_arena_hard(folder.path("v"), one, options);
    EXPECT_EQ(one.responses.size(), 2U);
    EXPECT_EQ(one.verdicts.size(), models) << judge;
    EXPECT_EQ(one.verdicts.count({"u", "org/n", "b", judge, 1}), judge == "maker/k" ? 0U : 1U) << judge;
  }
}

}  // namespace
}  // namespace assay::data

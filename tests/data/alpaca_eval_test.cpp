#include "assay/data/alpaca_eval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "assay/core/outcomes.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string row(std::string_view instruction, std::string_view output_1, std::string_view output_2,
                std::string_view preference) {
  return "{\"instruction\":\"" + std::string(instruction) + "\",\"output_1\":\"" + std::string(output_1) +
         "\",\"generator_1\":\"base\",\"dataset\":\"d\",\"output_2\":\"" + std::string(output_2) +
         "\",\"generator_2\":\"another name\",\"annotator\":\"j\",\"preference\":" + std::string(preference) + "}";
}

double value_of(std::string_view preference) {
  RecordingSink sink;
  AlpacaEvalReader reader(sink);
  const std::string text = "[" + row("q", "x", "y", preference) + "]";
  reader.read(*memory_source("f", text), "m", "j");
  return sink.verdicts.begin()->second.value;
}

void import_alpaca_eval(const std::string& path, RecordingSink& sink, const std::string& annotator = "") {
  const std::vector<std::string> paths = {path};
  FormatOptions options;
  options.annotator = annotator;
  read_alpaca_eval(paths, options, sink, {});
}

TEST(AlpacaEval, MapsPreferences) {
  EXPECT_EQ(value_of("1"), 0);
  EXPECT_EQ(value_of("2.0"), 1);
  EXPECT_EQ(value_of("1.5"), 0.5);
  EXPECT_EQ(value_of("0"), 0.5);
  EXPECT_EQ(value_of("0.0"), 0.5);
  EXPECT_EQ(value_of("1.25"), 0.25);
  EXPECT_TRUE(std::isnan(value_of("null")));
  for (const char* wrong : {"0.5", "2.01", "-1", "3", "\"2\"", "true", "[]"}) {
    EXPECT_THAT(error_of([&] { value_of(wrong); }), HasSubstr("f:1: expected a preference")) << wrong;
  }
}

TEST(AlpacaEval, InstructionIdsNeverChange) {
  // 64-bit FNV-1a, from its authors' test vectors.
  EXPECT_EQ(instruction_id(""), "cbf29ce484222325");
  EXPECT_EQ(instruction_id("a"), "af63dc4c8601ec8c");
  EXPECT_EQ(instruction_id("foobar"), "85944171f73967e8");
}

TEST(AlpacaEval, TakesFolderNamesAndKeepsTheFirstBaselineOutput) {
  const SampleFolder folder;
  folder.write("results/m1/judge/annotations.json",
               "[\n" + row("q1", "b", "one", "2") + ",\n" + row("q2", "b2", "two", "null") + "]");
  folder.write("results/m2/judge/annotations.json", "[" + row("q1", "other", "three", "1") + "]");
  folder.write("results/m2/model_outputs.json", "not read");
  for (const std::string& path : {folder.path("results"), folder.path()}) {
    RecordingSink sink;
    import_alpaca_eval(path, sink);
    const std::string q1 = instruction_id("q1");
    EXPECT_THAT(sink.baselines, ElementsAre("base"));
    EXPECT_EQ(sink.queries.size(), 2U);
    EXPECT_EQ(sink.queries.at({q1, 1}).value, RecordingSink::Query("q1", "d"));
    EXPECT_EQ(sink.responses.size(), 5U);
    EXPECT_EQ(sink.responses.at({q1, "base", 1}).value, "b");
    EXPECT_EQ(sink.responses.at({q1, "m2", 1}).value, "three");
    EXPECT_EQ(sink.kept_first, 1U);
    EXPECT_EQ(sink.verdicts.size(), 3U);
    EXPECT_EQ(sink.verdicts.at({q1, "m1", "base", "judge", 1}).value, 1);
    EXPECT_THAT(sink.verdicts.at({q1, "m1", "base", "judge", 1}).where, HasSubstr("m1/judge/annotations.json:2"));
    EXPECT_TRUE(std::isnan(sink.verdicts.at({instruction_id("q2"), "m1", "base", "judge", 1}).value));
  }
}

TEST(AlpacaEval, BaselinesOwnFolderMayDifferFromWhatOthersWereComparedWith) {
  const SampleFolder folder;
  folder.write("results/base/judge/annotations.json",
               "[" + row("q1", "b", "b again", "1.5") + ",\n" + row("q2", "c", "c", "null") + "]");
  folder.write("results/m/judge/annotations.json", "[" + row("q1", "b", "one", "2") + "]");
  RecordingSink sink;
  import_alpaca_eval(folder.path("results"), sink);
  const std::string q1 = instruction_id("q1");
  EXPECT_EQ(sink.responses.at({q1, "base", 1}).value, "b");
  EXPECT_EQ(sink.kept_first, 1U);
  EXPECT_EQ(sink.verdicts.at({q1, "base", "base", "judge", 1}).value, 0.5);
  EXPECT_EQ(sink.verdicts.at({q1, "m", "base", "judge", 1}).value, 1);
}

TEST(AlpacaEval, AsksWhichAnnotatorAndTellsWhoIsNotJudged) {
  const SampleFolder folder;
  folder.write("results/m1/a/annotations.json", "[" + row("q1", "b", "one", "2") + "]");
  folder.write("results/m1/b/annotations.json", "[" + row("q1", "b", "one", "1") + "]");
  folder.write("results/m2/b/annotations.json", "[" + row("q1", "b", "two", "1") + "]");
  RecordingSink sink;
  EXPECT_EQ(error_of([&] { import_alpaca_eval(folder.path("results"), sink); }),
            "expected `annotator` to name one of a (1 models), b (2 models), came none");
  EXPECT_THROW(import_alpaca_eval(folder.path("results"), sink, "c"), InvalidArgument);
  import_alpaca_eval(folder.path("results"), sink, "a");
  EXPECT_EQ(sink.verdicts.size(), 1U);
  ASSERT_EQ(sink.drops.size(), 1U);
  EXPECT_EQ(sink.drops[0].first, "model not judged by the annotator");

  RecordingSink single;
  import_alpaca_eval(folder.path("results/m2/b/annotations.json"), single);
  EXPECT_EQ(single.verdicts.count({instruction_id("q1"), "m2", "base", "b", 1}), 1U);
}

TEST(AlpacaEval, RefusesAModelThatAnswersTwice) {
  RecordingSink sink;
  AlpacaEvalReader reader(sink);
  const std::string text = "[" + row("q", "x", "y", "1") + ",\n" + row("q", "x", "z", "1") + "]";
  EXPECT_THAT(error_of([&] { reader.read(*memory_source("f", text), "m", "j"); }),
              HasSubstr("f:2: expected one response of model \"m\" to an instruction"));
}

TEST(AlpacaEval, RefusesTwoInstructionsWithTheSameId) {
  // A known collision of 64-bit FNV-1a.
  const std::string text =
      "[" + row("8yn0iYCKYHlIj4-BwPqk", "x", "y", "1") + ",\n" + row("GReLUrM4wMqfg9yzV3KQ", "x", "y", "1") + "]";
  RecordingSink sink;
  AlpacaEvalReader reader(sink);
  EXPECT_THAT(error_of([&] { reader.read(*memory_source("f", text), "m", "j"); }),
              HasSubstr("f:2: expected instructions with different ids"));
}

TEST(AlpacaEval, RefusesFoldersWithoutAnnotations) {
  const SampleFolder folder;
  RecordingSink sink;
  EXPECT_THAT(error_of([&] { import_alpaca_eval(folder.path(), sink); }), HasSubstr("expected a results/ folder"));
  EXPECT_THAT(error_of([&] { import_alpaca_eval(folder.path("nothing"), sink); }),
              HasSubstr("came a path where there is nothing"));
}

TEST(AlpacaEval, RealResultsGiveThePublishedWinRates) {
  const std::string data = bench_data("alpaca_eval/results");
  ASSAY_NEED_BENCH_DATA(data);
  RecordingSink sink;
  import_alpaca_eval(data, sink);
  EXPECT_EQ(sink.queries.size(), 805U);
  EXPECT_EQ(sink.verdicts.size(), 53U * 805U);
  EXPECT_EQ(sink.responses.size(), 54U * 805U);
  EXPECT_EQ(sink.drops.size(), 0U);
  std::map<std::string, double> rate;
  std::size_t none = 0;
  for (const auto& [key, verdict] : sink.verdicts) {
    rate[std::get<1>(key)] += worth(outcome_of(verdict.value)) / 805;
    none += std::isnan(verdict.value) ? 1 : 0;
  }
  EXPECT_EQ(rate.size(), 53U);
  EXPECT_EQ(none, 61U);
  EXPECT_NEAR(rate.at("gpt4_1106_preview"), 0.9764, 5e-5);
  EXPECT_NEAR(rate.at("text_davinci_001"), 0.1522, 5e-5);
  const auto by_rate = [](const auto& a, const auto& b) { return a.second < b.second; };
  EXPECT_EQ(std::max_element(rate.begin(), rate.end(), by_rate)->first, "gpt4_1106_preview");
  EXPECT_EQ(std::min_element(rate.begin(), rate.end(), by_rate)->first, "text_davinci_001");
}

/// Models and annotators that a results/ folder with these files gives.
std::set<std::pair<std::string, std::string>> names_in(const std::vector<std::string>& files,
                                                       const std::string& annotator = "") {
  const SampleFolder folder;
  for (const std::string& file : files) {
    folder.write("results/" + file,
                 file.ends_with("annotations.json") ? "[" + row("q1", "b", file, "2") + "]" : "x");
  }
  RecordingSink sink;
  import_alpaca_eval(folder.path("results"), sink, annotator);
  std::set<std::pair<std::string, std::string>> names;
  for (const auto& [key, verdict] : sink.verdicts) names.emplace(std::get<1>(key), std::get<3>(key));
  return names;
}

TEST(AlpacaEval, ModelsAndAnnotatorsMayBeInFoldersOfTheirOrganisations) {
  using Names = std::set<std::pair<std::string, std::string>>;
  EXPECT_EQ(names_in({"org/m1/j/annotations.json", "org/m2/j/annotations.json", "m3/j/annotations.json"}),
            (Names{{"org/m1", "j"}, {"org/m2", "j"}, {"m3", "j"}}));
  EXPECT_EQ(names_in({"org/m1/j/annotations.json"}), (Names{{"org/m1", "j"}})) << "the row's annotator is j";
  EXPECT_EQ(names_in({"m1/org/k/annotations.json", "m2/org/k/annotations.json"}),
            (Names{{"m1", "org/k"}, {"m2", "org/k"}}));
  EXPECT_EQ(names_in({"m1/org/k/annotations.json", "m1/model_outputs.json"}), (Names{{"m1", "org/k"}}));
  EXPECT_EQ(names_in({"m1/k/annotations.json", "m1/org/k/annotations.json"}, "org/k"), (Names{{"m1", "org/k"}}));
  EXPECT_EQ(names_in({"a/m1/org/k/annotations.json", "a/m2/org/k/annotations.json"}, "org/k"),
            (Names{{"a/m1", "org/k"}, {"a/m2", "org/k"}}));
}

TEST(AlpacaEval, AnInstructionThatStandsTwiceIsFoundByItsRows) {
  const auto read = [](const std::string& text, RecordingSink& sink) {
    AlpacaEvalReader(sink).read(*memory_source("f", text), "m", "j");
  };
  const std::string other = row("Name a river", "b", "x", "2");
  RecordingSink sink;
  EXPECT_EQ(
      error_of([&] {
        read("[" + row("Task 1", "b", "one", "2") + "," + other + "," + row("Task 1", "b", "two", "1") + "]", sink);
      }),
      "f:1: expected one response of model \"m\" to an instruction, came two that differ, in row 1 and row 3: "
      "\"Task 1\"");
  RecordingSink equal;
  read("[" + row("Task 1", "b", "one", "2") + "," + other + "," + row("Task 1", "b", "one", "2") + "," +
           row("Task 1", "b", "one", "1") + "]",
       equal);
  EXPECT_EQ(equal.verdicts.at({instruction_id("Task 1"), "m", "base", "j", 1}).value, 1)
      << "the first verdict stands";
  EXPECT_EQ(equal.kept_first, 1U);
}

}  // namespace
}  // namespace assay::data

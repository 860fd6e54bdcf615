// The command on the public results that the environment variable ASSAY_BENCH_DATA points to.

#include <gmock/gmock.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/golden/command.h"

namespace assay {
namespace {

using nlohmann::json;

class RealData : public CommandTest {
 protected:
  // Folder of a data set; the test is skipped if there is none.
  static std::string data(const std::string& name) {
    const char* root = std::getenv("ASSAY_BENCH_DATA");
    if (root == nullptr) return {};
    const std::filesystem::path folder = std::filesystem::path(root) / name;
    return std::filesystem::exists(folder) ? folder.string() : std::string();
  }

  json run(const std::string& line) const { return json::parse(output(line + " --json --quiet")); }

  // Sound numbers of each strategy, and that judging the whole pool finds its best model.
  void expect_sound(const json& report, std::size_t budget, bool whole_pool) const {
    for (const json& strategy : report.at("strategies")) {
      const auto identification = strategy.at("identification").get<std::vector<double>>();
      const auto gap95 = strategy.at("gap95").get<std::vector<double>>();
      ASSERT_EQ(identification.size(), budget);
      EXPECT_THAT(identification, testing::Each(testing::AllOf(testing::Ge(0), testing::Le(1))));
      EXPECT_THAT(gap95, testing::Each(testing::AllOf(testing::Ge(0), testing::Le(1))));
      if (whole_pool && strategy.at("returns") == "win-rate") {
        EXPECT_EQ(identification.back(), 1.0) << strategy.at("name");
        EXPECT_EQ(gap95.back(), 0.0) << strategy.at("name");
      }
    }
  }
};

constexpr const char* kGiven = " --e-loss 0.2 --e-draw 0.4 --temperature 0.5 --no-timing";

TEST_F(RealData, AlpacaEval) {
  const std::string folder = data("alpaca_eval/results");
  if (folder.empty()) GTEST_SKIP() << "ASSAY_BENCH_DATA names no folder with alpaca_eval/results";
  output("import alpaca-eval " + folder + " -o alpaca.assay");

  const json all = run("select alpaca.assay --strategy random");
  EXPECT_EQ(all.at("best"), "gpt4_1106_preview");
  EXPECT_NEAR(all.at("models").at(0).at("win_rate").get<double>(), 0.9764, 5e-5);
  EXPECT_EQ(all.at("queries_judged"), 805);
  EXPECT_EQ(all.at("calls"), 805 * 53);
  EXPECT_EQ(all.at("calls_new"), 805 * 53);

  const json replayed = run(
      std::string("simulate alpaca.assay --strategies random,most-draws,llm-selector,select-llm --realizations 20 "
                  "--pool 200 --budget 40") +
      kGiven);
  ASSERT_EQ(replayed.at("strategies").size(), 4U);
  expect_sound(replayed, 40, false);
  // The best model wins by 2.6 points; after 40 of 200 queries a random order has it within 5 % in most pools.
  EXPECT_LT(replayed.at("strategies").at(0).at("gap_mean").back().get<double>(), 0.05);
}

TEST_F(RealData, MtBench) {
  const std::string folder = data("mt_bench");
  if (folder.empty()) GTEST_SKIP() << "ASSAY_BENCH_DATA names no folder mt_bench";
  output("import mt-bench " + folder + " -o mt.assay");
  const json scored = run("select mt.assay");
  EXPECT_EQ(scored.at("measure"), "score");
  EXPECT_EQ(scored.at("scale_high"), 10);
  EXPECT_EQ(scored.at("models").size(), 21U);

  const std::string baseline = " --baseline llama2_chat_7b";
  const json all = run("select mt.assay --strategy random" + baseline);
  EXPECT_EQ(all.at("models").size(), 20U);
  EXPECT_EQ(all.at("queries"), 80);
  expect_sound(run("simulate mt.assay --realizations 20 --pool 50" + baseline + kGiven), 50, true);
}

TEST_F(RealData, KoArenaHard) {
  const std::string folder = data("ko_arena_hard");
  if (folder.empty()) GTEST_SKIP() << "ASSAY_BENCH_DATA names no folder ko_arena_hard";
  output("import arena-hard " + folder + " -o arena.assay --baseline claude-3.7-sonnet");
  const std::string line = "simulate arena.assay --strategies random,bradley-terry --realizations 20 --pool 60";
  expect_sound(run(line + " --no-timing"), 60, true);
}

TEST_F(RealData, RepeatedScores) {
  const std::string folder = data("topical_chat_geval");
  if (folder.empty()) GTEST_SKIP() << "ASSAY_BENCH_DATA names no folder with topical_chat_geval";
  const json imported = run("import jsonl " + folder + "/scores.jsonl -o geval.assay");
  const json info = run("info geval.assay");
  std::size_t judges = 0, scores = 0, failed = 0;
  for (const json& judge : info.at("judges")) {
    if (judge.at("name").get<std::string>().starts_with("human/")) continue;
    ++judges;
    scores += judge.at("scores").get<std::size_t>();
    failed += judge.at("no_scores").get<std::size_t>();
  }
  EXPECT_EQ(judges, 28U);
  EXPECT_EQ(failed, 396U);
  EXPECT_EQ(scores + failed, 200'000U);

  const json report = run("allocate geval.assay --judge geval/coherence --budget 9000");
  EXPECT_EQ(report.at("calls_new"), 9000);
  EXPECT_EQ(report.at("arms").size(), 359U);
  EXPECT_LT(report.at("worst_error").at("true"), report.at("worst_error").at("bound"));

  const json replayed =
      run("simulate geval.assay --allocators all --each-judge --at 25,40,80 --runs 6 --no-timing");
  std::map<std::string, std::vector<double>> wce;
  for (const json& row : replayed.at("allocators")) {
    wce[row.at("name")] = row.at("wce").get<std::vector<double>>();
    EXPECT_NEAR(row.at("spearman").at(2), 0.525, 0.01);  // with people
  }
  EXPECT_EQ(replayed.at("settings").size(), 28U);
  for (std::size_t b = 0; b < 3; ++b) {
    EXPECT_LT(wce["assay"][b], 1.07 * wce["robin"][b]) << "budget " << b;
    EXPECT_LT(wce["assay"][b], 0.92 * wce["uniform"][b]) << "budget " << b;
  }
}

}  // namespace
}  // namespace assay

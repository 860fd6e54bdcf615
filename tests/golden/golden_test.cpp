// Whole runs of the command against files in expected/. To write those anew after a change that is meant, and to
// read the difference before it is committed:
//
//     ASSAY_UPDATE_GOLDEN=1 ctest --test-dir build/release -R Golden

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "tests/golden/close_to.h"
#include "tests/golden/command.h"
#include "tests/places.h"
#include "tests/route/sample_texts.h"
#include "tests/server/serving.h"

namespace assay {
namespace {

// Small enough for a grid search in a test.
constexpr const char* kSynth = "synth demo.assay --models 6 --queries 40 --seed 3";

class Golden : public CommandTest {
 protected:
  void expect_golden(const std::string& name, const std::string& came) const {
    const auto file = std::filesystem::path(tests::source_folder()) / "tests" / "golden" / "expected" / name;
    if (std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(file, std::ios::binary) << came;
      return;
    }
    ASSERT_TRUE(std::filesystem::exists(file)) << file << " is missing; see the head of golden_test.cpp";
    EXPECT_EQ(difference(contents(file), came), "") << name;
  }

  // `line` as text and as JSON. Without progress: whether there is any depends on what the study has kept.
  void expect_golden_run(const std::string& name, const std::string& line) const {
    expect_golden(name + ".txt", output(line + " --quiet"));
    expect_golden(name + ".json", output(line + " --quiet --json"));
  }
};

TEST_F(Golden, Synth) {
  expect_golden("synth.txt", output(kSynth));
  std::filesystem::remove(folder_ / "demo.assay");
  expect_golden("synth.json", output(std::string(kSynth).append(" --json")));
}

TEST_F(Golden, Report) {
  output(kSynth);
  expect_golden("report.txt", output("report demo.assay --expect-best model-02 --quiet"));
  expect_golden("report.json", output("report demo.assay --budget 4 --no-timing --max-size 0.018 --json --quiet"));
}

TEST_F(Golden, Info) {
  output(kSynth);
  // The size of the file depends on the version of SQLite.
  const auto sized = [](std::string text, const std::string& before, const std::string& after) {
    const std::size_t at = text.find(before);
    const std::size_t end = text.find(after, at);
    if (at == std::string::npos || end == std::string::npos) return text;
    return text.replace(at + before.size(), end - at - before.size(), "SIZE");
  };
  expect_golden("info.txt", sized(output("info demo.assay"), "demo.assay: ", ", schema"));
  expect_golden("info.json", sized(output("info demo.assay --json"), "\"bytes\": ", ","));
}

// An endpoint is asked, which answers as the study has it. Each run begins with nothing answered.
TEST_F(Golden, LiveJudge) {
  output(kSynth);
  write("prices.json", R"({"judge-1": {"in": 150000, "out": 600000}})");
  const asking::AnswerBookReport book = asking::make_answer_book({.study = path("demo.assay")});
  const Serving serving(book.book);
  const auto live = [&](const std::string& name, const std::string& line) {
    for (const bool json : {false, true}) {
      const std::string study = json ? "json.assay" : "text.assay";
      copy("demo.assay", name + study);
      std::string came = output(line + " " + name + study +
                                " --oracle llm --judge-model judge-1 --prices prices.json --judge-url " +
                                serving.url() + (json ? " --quiet --json" : " --quiet"));
      for (std::size_t at = 0; (at = came.find(serving.url(), at)) != std::string::npos;) {
        came.replace(at, serving.url().size(), "URL");
      }
      expect_golden(name + (json ? ".json" : ".txt"), came);
    }
  };
  live("live_dry_run", "select --baseline baseline -j 8 --dry-run");
  live("live_select", "select --baseline baseline -j 8");
}

TEST_F(Golden, WeakJudges) {
  output(kSynth);
  expect_golden("weak_judges.txt", output("weak-judges demo.assay"));
  expect_golden("weak_judges.json", output("weak-judges demo.assay --json"));  // Kept before.
}

TEST_F(Golden, SelectRandom) {
  output(kSynth);
  expect_golden_run("select_random", "select demo.assay --strategy random --budget 12");
}

TEST_F(Golden, SelectLlmSelector) {
  output(kSynth);
  expect_golden_run("select_llm_selector", "select demo.assay --strategy llm-selector --budget 8");
}

TEST_F(Golden, SelectAssay) {
  output(kSynth);
  expect_golden_run("select_assay", "select demo.assay");
}

TEST_F(Golden, SelectAssayWithinATolerance) {
  output(kSynth);
  expect_golden_run("select_tolerance", "select demo.assay --epsilon 0.05 --confidence 0.9 --batch 8");
}

TEST_F(Golden, SelectAboutAPopulation) {
  output(kSynth);
  expect_golden_run("select_population", "select demo.assay --population");
}

TEST_F(Golden, SelectSelectLlm) {
  output(kSynth);
  expect_golden_run("select_select_llm", "select demo.assay --strategy select-llm --temperature 0.5 --budget 8.5");
}

TEST_F(Golden, SelectBradleyTerry) {
  output(kSynth);
  expect_golden_run("select_bradley_terry", "select demo.assay --strategy bradley-terry --budget 8 --seed 5");
}

TEST_F(Golden, AShortRunIntoAFileTellsNoSteps) {
  output(kSynth);
  const Finished run = assay("select demo.assay --strategy random --budget 12");
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "");
}

TEST_F(Golden, Simulate) {
  output(kSynth);
  expect_golden_run(
      "simulate",
      "simulate demo.assay --realizations 30 --pool 25 --budget 15 --seed 2 --e-loss 0.15 --e-draw 0.3 "
      "--temperature 0.5 --no-timing --plot plot.svg");
  expect_golden("simulate.svg", contents(folder_ / "plot.svg"));
}

constexpr const char* kSynthScores = "synth scores.assay --scores two-groups --arms 30 --seed 3";

TEST_F(Golden, SynthScores) {
  expect_golden("synth_scores.txt", output(kSynthScores));
  std::filesystem::remove(folder_ / "scores.assay");
  expect_golden("synth_scores.json", output(std::string(kSynthScores).append(" --json")));
}

TEST_F(Golden, Allocate) {
  output(kSynthScores);
  expect_golden_run("allocate", "allocate scores.assay --budget 600");
  expect_golden_run("allocate_robin_hood",
                    "allocate scores.assay --budget 700 --allocator robin-hood --delta 0.05");
}

TEST_F(Golden, SimulateAllocators) {
  output(kSynthScores);
  expect_golden_run("simulate_allocators",
                    "simulate scores.assay --allocators all --runs 10 --at 25,40,80 --no-timing --plot plot.svg");
  expect_golden("simulate_allocators.svg", contents(folder_ / "plot.svg"));
}

class RouteGolden : public Golden {
 protected:
  RouteGolden() {
    std::ofstream(folder_ / "in.jsonl", std::ios::binary) << sample_route_lines();
    std::ofstream(folder_ / "task.jsonl", std::ios::binary)
        << "{\"prompt\": \"Which matrix equation?\"}\n{\"prompt\": \"What integral?\"}\n";
    output("import jsonl in.jsonl -o x.assay");
  }
};

TEST_F(RouteGolden, FitTaskAndQuery) {
  expect_golden_run("route_fit", "route fit x.assay -o x.router --dimensions 16");
  expect_golden_run("route_task", "route task x.router task.jsonl");
  expect_golden_run("route_task_cheapest", "route task x.router task.jsonl --score cheapest --within 30");
  expect_golden_run("route_query", "route query x.router --prompt Matrix?");
}

TEST_F(RouteGolden, Evaluate) {
  expect_golden_run("route_evaluate",
                    "route evaluate x.assay --dimensions 16 --pools 5 --pool-size 2 --pool-spread 50");
  expect_golden_run("route_evaluate_labelled", "route evaluate x.assay --dimensions 16 --labelled 5 --each-k");
}

// Options of four queries in two tasks, over and over; five models with habits of their own.
std::string label_table() {
  std::string csv = "query,task,options,gold,a,b,c,d,e\n";
  const auto letter = [](unsigned number) { return std::string(1, static_cast<char>('A' + number)); };
  for (unsigned q = 0; q < 160; ++q) {
    const unsigned truth = q * 7 % 4;
    csv += "q" + std::to_string(q) + (q % 2 == 0 ? ",law,4," : ",maths,4,") + letter(truth);
    for (const unsigned period : {6U, 5U, 4U, 3U, 2U}) {
      const bool wrong = (q * 37 + period * 11) % 101 % period == 0;
      csv += "," + (!wrong ? letter(truth) : q % 9 == 0 ? "" : letter((truth + 1 + q % 3) % 4));
    }
    csv += "\n";
  }
  return csv;
}

TEST_F(Golden, Ensemble) {
  write("labels.csv", label_table());
  write("prices.jsonl",
        "{\"model\": \"a\", \"price\": 10}\n{\"model\": \"b\", \"price\": 3}\n"
        "{\"model\": \"c\", \"price\": 1}\n{\"model\": \"d\", \"price\": 0.5}\n"
        "{\"model\": \"e\", \"price\": 0.2}\n");
  output("import csv labels.csv -o labels.assay");
  output("import jsonl prices.jsonl -o labels.assay");
  expect_golden_run("ensemble", "ensemble labels.assay --size 3 --splits 6 --plot plot.svg");
  expect_golden("ensemble.svg", contents(folder_ / "plot.svg"));
  expect_golden_run("ensemble_by_task",
                    "ensemble labels.assay --size 2 --splits 4 --by-task --compare top-accuracy");
  expect_golden_run(
      "ensemble_budget",
      "ensemble labels.assay --budget 4.5 --splits 4 --method greedy-mi --decision log-odds --seed 3");
}

// Two studies made alike, so that nothing kept by one run helps the next.
class SameBytes : public CommandTest {
 protected:
  std::string fresh(const std::string& line) const {
    std::filesystem::remove(folder_ / "demo.assay");
    const std::string made = output(kSynth);
    return made + output(line);
  }
  void expect_same(const std::string& line) const {
    const std::string once = fresh(line + " --threads 1");
    EXPECT_FALSE(once.empty());
    EXPECT_EQ(once, fresh(line + " --threads 1")) << "two runs differ";
    EXPECT_EQ(once, fresh(line + " --threads 2")) << "the number of threads matters";
  }
};

TEST_F(SameBytes, WeakJudges) { expect_same("weak-judges demo.assay --json"); }

TEST_F(SameBytes, SelectWithGridSearch) {
  expect_same("select demo.assay --json --strategy llm-selector --budget 6");
}

TEST_F(SameBytes, SelectAssay) { expect_same("select demo.assay --json"); }

TEST_F(SameBytes, SelectSelectLlm) {
  expect_same("select demo.assay --json --strategy select-llm --temperature 0.5");
}

TEST_F(SameBytes, Simulate) {
  expect_same(
      "simulate demo.assay --realizations 20 --budget 12 --e-loss 0.15 --e-draw 0.3 --temperature 0.5 --no-timing "
      "--json");
}

TEST_F(SameBytes, SimulateAllocators) {
  output(kSynthScores);
  const std::string line = "simulate scores.assay --allocators all --runs 6 --no-timing --json --threads ";
  EXPECT_EQ(output(line + "1"), output(line + "2"));
}

TEST_F(SameBytes, Ensemble) {
  write("labels.csv", label_table());
  output("import csv labels.csv -o labels.assay");
  const std::string line = "ensemble labels.assay --size 3 --splits 6 --json --threads ";
  EXPECT_EQ(output(line + "1"), output(line + "3"));
}

TEST_F(SameBytes, AnotherSeedGivesAnotherResult) {
  const std::string line = "simulate demo.assay --strategies random --realizations 20 --no-timing --json --seed ";
  EXPECT_NE(fresh(line + "1"), fresh(line + "2"));
}

}  // namespace
}  // namespace assay

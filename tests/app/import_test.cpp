#include "assay/view/import.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "assay/core/error.h"
#include "assay/view/info.h"
#include "tests/data/sample_folder.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

class AppImportTest : public testing::Test {
 protected:
  AppImportTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "assay-app-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~AppImportTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }
  static std::filesystem::path bench_data() {
    const char* folder = std::getenv("ASSAY_BENCH_DATA");
    return folder == nullptr ? "" : folder;
  }

  std::filesystem::path folder_;
};

TEST_F(AppImportTest, RequestThatMakesNoSense) {
  EXPECT_THROW(run_import({.format = "no-such", .paths = {"x"}, .study = path("s")}), InvalidArgument);
  EXPECT_THROW(run_import({.format = "alpaca-eval", .paths = {}, .study = path("s")}), InvalidArgument);
  EXPECT_THROW(run_import({.format = "alpaca-eval", .paths = {"x"}, .study = ""}), InvalidArgument);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(AppImportTest, WhatIsNotThereIsNotTakenForAFormat) {
  const auto message = [&](const std::vector<std::string>& paths) {
    return assay::error_of([&] { run_import({.paths = paths, .study = path("x.assay")}); });
  };
  const std::string nothing = "expected a file or folder, came a path where there is nothing";
  EXPECT_EQ(message({"nothere.csv"}), "nothere.csv: " + nothing);
  EXPECT_EQ(message({"folder/nothere", "more"}), "folder/nothere: " + nothing);
  EXPECT_EQ(message({"nothere"}), "nothere: " + nothing);
  EXPECT_THAT(message({"jsnol"}), testing::HasSubstr("expected a format (")) << "near to one";
  EXPECT_THAT(message({"frob", "more"}), testing::HasSubstr("expected a format (")) << "where a format stands";
  EXPECT_EQ(message({"csv"}), "expected files or folders to import, came none");
}

TEST_F(AppImportTest, OptionThatTheFormatDoesNotTakeIsRefused) {
  const ImportRequest request{.format = "mt-bench",
                              .paths = {path("x")},
                              .study = path("s"),
                              .options = {.annotator = {}, .judge = "gpt-4", .baseline = {}}};
  try {
    run_import(request);
    ADD_FAILURE() << "no error was thrown";
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "format mt-bench takes no `judge`; it takes `baseline`");
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(AppImportTest, BaselineOfScoresIsRemembered) {
  const std::string scores = file("s.csv", "query,a,b\nq1,1,2\nq2,3,2\n");
  const std::string study = path("s.assay");
  run_import({.format = "csv",
              .paths = {scores},
              .study = study,
              .options = {.annotator = {}, .judge = {}, .baseline = "b"}});
  const store::Comparison comparison = store::Study(study, store::Study::Mode::read).comparison({});
  EXPECT_EQ(comparison.baseline, "b");
  EXPECT_EQ(comparison.rewards.outcome(query_id(1), model_id(0)), Outcome::win);
}

TEST_F(AppImportTest, BrokenFileLeavesNoStudyBehind) {
  std::filesystem::create_directories(folder_ / "m" / "j");
  const std::string broken = file("m/j/annotations.json", "[{\"instruction\": \"x\", ");
  EXPECT_THROW(run_import({.format = "alpaca-eval", .paths = {broken}, .study = path("s.assay")}), DataError);
  EXPECT_FALSE(std::filesystem::exists(path("s.assay")));
  EXPECT_FALSE(std::filesystem::exists(path("s.assay.new")));
}

TEST_F(AppImportTest, ImportsAFileAndTellsWhatItBrought) {
  std::filesystem::create_directories(folder_ / "m" / "j");
  const std::string small = file("m/j/annotations.json", R"([
    {"instruction": "one", "output_1": "a", "generator_1": "base", "output_2": "b", "generator_2": "m", "preference": 2},
    {"instruction": "two", "output_1": "c", "generator_1": "base", "output_2": "d", "generator_2": "m", "preference": null}
  ])");
  const ImportRequest request{.format = "alpaca-eval", .paths = {small}, .study = path("s.assay")};
  std::size_t told = 0;
  const ImportReport report = run_import(request, [&](std::size_t done, std::size_t total) {
    EXPECT_LE(done, total);
    ++told;
  });
  EXPECT_GT(told, 0U);
  EXPECT_EQ(report.counts.responses, 4U);
  EXPECT_EQ(report.counts.verdicts, 2U);
  EXPECT_EQ(report.counts.no_verdict, 1U);
  EXPECT_EQ(report.now.models, 2U);
  EXPECT_THAT(view::to_json(report), HasSubstr("\"no_verdict\": 1"));
  EXPECT_THAT(view::to_text(report), HasSubstr("1 of them calls that gave none"));
  EXPECT_THAT(view::to_text(report), HasSubstr("2 models, 2 queries, 4 responses"));

  const ImportReport again = run_import(request);
  EXPECT_EQ(again.counts.responses + again.counts.verdicts, 0U);
  EXPECT_THAT(view::to_text(again), HasSubstr("Nothing new."));
}

TEST_F(AppImportTest, ModelsOfTheFilesAreNamedAndAColumnOfAnotherKindStandsOut) {
  const std::string table = file("t.csv", "id,traffic,a,b\nq1,120,1,0\nq2,3,0,1\n");
  ImportRequest request{.format = "csv", .paths = {table}, .study = path("t.assay")};
  const std::string text = view::to_text(run_import(request));
  EXPECT_THAT(text, HasSubstr("Models of the files: traffic, a, b\n"));
  EXPECT_THAT(
      text,
      HasSubstr("is \"traffic\" a model? its scores go from 3 to 120, those of all others are only 0 "
                "and 1; if it is none, make the study anew with --weights \"traffic\" or --ignore \"traffic\""));

  const std::string grades = file("g.csv", "id,a,b,c\nq1,9,1,3\nq2,3,10,5\n");
  request.paths = {grades};
  request.study = path("g.assay");
  EXPECT_THAT(run_import(request).warnings, testing::IsEmpty());

  std::string header = "id", row = "q1";
  for (int j = 0; j < 12; ++j) {
    header += ",m" + std::to_string(j);
    row += ",1";
  }
  request.paths = {file("wide.csv", header + "\n" + row + "\n")};
  request.study = path("wide.assay");
  EXPECT_THAT(view::to_text(run_import(request)), HasSubstr("m8, m9 and 2 more (--all names them)\n"));
}

TEST_F(AppImportTest, WeightsAreCountedAndOthersNeedAnotherName) {
  const std::string table = file("t.csv", "id,traffic,a,b\nq1,120,1,0\nq2,3,0,1\n");
  ImportRequest request{.format = "csv", .paths = {table}, .study = path("t.assay")};
  request.options.ignore = {"traffic"};
  run_import(request);
  request.options.ignore.clear();
  request.options.weights = {"traffic"};
  const ImportReport report = run_import(request);
  EXPECT_EQ(report.counts.weights, 2U);
  EXPECT_THAT(view::to_text(report), HasSubstr("weights        2"));
  EXPECT_THAT(view::to_text(report), HasSubstr("4 records were there already, the same."));
  EXPECT_THAT(view::to_json(report), HasSubstr("\"weights\": 2"));

  request.paths = {file("u.csv", "id,traffic,a,b\nq1,130,1,0\n")};
  try {
    run_import(request);
    ADD_FAILURE() << "no error was thrown";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("other weights go beside it under another name, for instance \"traffic-2\""));
  }
}

TEST_F(AppImportTest, WhatIsRepeatedInANewStudyIsSoWithinTheFiles) {
  const std::string rows = file("r.jsonl", R"({"query": "q", "model": "m", "response": "x"}
{"query": "q", "model": "m", "response": "x"}
)");
  const ImportReport report = run_import({.format = "jsonl", .paths = {rows}, .study = path("r.assay")});
  EXPECT_THAT(view::to_text(report), HasSubstr("1 record was repeated within the files."));
  EXPECT_THAT(view::to_text(report),
              HasSubstr("1 of 1 queries with responses have no prompt text: a live judge would see answers alone"));
}

TEST_F(AppImportTest, AColumnOfTextNamesTheWayOut) {
  const std::string table = file("t.csv", "id,a,notes\nq1,1,good\n");
  try {
    run_import({.format = "csv", .paths = {table}, .study = path("t.assay")});
    ADD_FAILURE() << "no error was thrown";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("if \"notes\" is no model, pass over it with `ignore` \"notes\""));
  }
}

// The checks of the data's README: 53 models, 805 queries, the highest and the lowest published win rate.
TEST_F(AppImportTest, AlpacaEvalHasThePublishedWinRates) {
  const auto results = bench_data() / "alpaca_eval" / "results";
  if (bench_data().empty() || !std::filesystem::exists(results)) {
    GTEST_SKIP() << "ASSAY_BENCH_DATA names no folder with alpaca_eval/results";
  }
  const std::string study = path("alpaca.assay");
  const ImportReport report = run_import({.format = "alpaca-eval", .paths = {results.string()}, .study = study});
  EXPECT_EQ(report.counts.queries, 805U);
  EXPECT_EQ(report.counts.verdicts, 42665U);
  EXPECT_EQ(report.now.models, 54U);
  const InfoReport info = run_info({study});
  ASSERT_EQ(info.comparisons.size(), 1U);
  const InfoReport::Comparable& all = info.comparisons[0];
  EXPECT_EQ(all.models, 53U);
  EXPECT_EQ(all.queries, 805U);
  EXPECT_EQ(all.unknown, report.counts.no_verdict);
  EXPECT_EQ(all.baseline, "text_davinci_003");
  EXPECT_EQ(all.best, "gpt4_1106_preview");
  EXPECT_NEAR(all.best_rate, 0.9764, 0.00005);
  EXPECT_EQ(all.worst, "text_davinci_001");
  EXPECT_NEAR(all.worst_rate, 0.1522, 0.00005);
}

// ko_arena_hard: win, draw and loss of the two games' sum. The data's README counts 10,838, 4,222 and 22,939 over
// all 76 models; 71, 370 and 59 of them are the baseline's own against itself. One pair has no verdict.
TEST_F(AppImportTest, ArenaHardHasTheKnownOutcomes) {
  const auto folder = bench_data() / "ko_arena_hard";
  if (bench_data().empty() || !std::filesystem::exists(folder)) {
    GTEST_SKIP() << "ASSAY_BENCH_DATA names no folder with ko_arena_hard";
  }
  const std::string path_of_study = path("arena.assay");
  run_import({.format = "arena-hard",
              .paths = {folder.string()},
              .study = path_of_study,
              .options = {.annotator = {}, .judge = {}, .baseline = "claude-3.7-sonnet"}});
  const store::Study study(path_of_study, store::Study::Mode::read);
  const store::Comparison comparison = study.comparison({.without_responses = true});
  EXPECT_EQ(comparison.queries.size(), 500U);
  EXPECT_EQ(comparison.models.size(), 75U);
  std::size_t counts[kOutcomes] = {};
  for (std::size_t i = 0; i < comparison.queries.size(); ++i) {
    for (std::size_t j = 0; j < comparison.models.size(); ++j) {
      ++counts[static_cast<std::size_t>(comparison.rewards.outcome(query_id(i), model_id(j)))];
    }
  }
  EXPECT_EQ(counts[static_cast<std::size_t>(Outcome::none)], 1U);
  EXPECT_EQ(counts[static_cast<std::size_t>(Outcome::win)], 10838U - 71U);
  EXPECT_EQ(counts[static_cast<std::size_t>(Outcome::draw)], 4222U - 370U);
  EXPECT_EQ(counts[static_cast<std::size_t>(Outcome::loss)], 22939U - 59U);
  EXPECT_EQ(study.comparison({}).models.size(), 71U);
}

TEST_F(AppImportTest, MtBenchComparesEveryModelWithTheBaseline) {
  const auto folder = bench_data() / "mt_bench";
  if (bench_data().empty() || !std::filesystem::exists(folder)) {
    GTEST_SKIP() << "ASSAY_BENCH_DATA names no folder with mt_bench";
  }
  const std::string study = path("mt.assay");
  run_import({.format = "mt-bench",
              .paths = {folder.string()},
              .study = study,
              .options = {.annotator = {}, .judge = {}, .baseline = "llama2_chat_7b"}});
  const InfoReport info = run_info({study});
  ASSERT_EQ(info.comparisons.size(), 1U);
  EXPECT_EQ(info.comparisons[0].baseline, "llama2_chat_7b");
  EXPECT_EQ(info.comparisons[0].models, 20U);
  EXPECT_EQ(info.comparisons[0].queries, 80U);
}

// mmlu_pro: 12,032 questions of 14 subjects, 159 of them exact repetitions; the best single model is right on 72.07
// %.
TEST_F(AppImportTest, MmluProHasTheKnownLabels) {
  const auto folder = bench_data() / "mmlu_pro";
  if (bench_data().empty() || !std::filesystem::exists(folder)) {
    GTEST_SKIP() << "ASSAY_BENCH_DATA names no folder with mmlu_pro";
  }
  const std::string path_of_study = path("mmlu.assay");
  run_import({.format = "jsonl", .paths = {(folder / "questions.jsonl").string()}, .study = path_of_study});
  const ImportReport report =
      run_import({.format = "csv",
                  .paths = {(folder / "predictions.csv").string()},
                  .study = path_of_study,
                  .options = {.gold = "answer", .task = "category", .ignore = {"src", "hist:merged"}}});
  EXPECT_EQ(report.counts.labels, 33U * 12032U) << "the true labels came with the questions already";
  EXPECT_TRUE(report.counts.dropped.empty());

  const store::Study study(path_of_study, store::Study::Mode::read);
  const store::Labelling all = study.labelling({});
  EXPECT_EQ(all.table.queries(), 12032U);
  EXPECT_EQ(all.table.kind(), LabelKind::options);
  EXPECT_EQ(all.table.labels(), 10U);
  EXPECT_EQ(all.models.size(), 32U) << "one was run on fewer than 90 %";
  EXPECT_EQ(all.queries.tasks.size(), 14U);
  std::size_t repeated = 0;
  for (std::size_t q = 0; q < all.queries.same_text.size(); ++q)
    repeated += all.queries.same_text[q] != q ? 1U : 0U;
  EXPECT_EQ(repeated, 159U);

  const store::Benchmark benchmark = study.benchmark({});
  EXPECT_EQ(benchmark.models.size(), 33U);
  const auto gpt4o = std::find(benchmark.models.begin(), benchmark.models.end(), "hist:gpt4o");
  ASSERT_NE(gpt4o, benchmark.models.end());
  std::size_t right = 0;
  for (std::size_t q = 0; q < benchmark.table.queries(); ++q) {
    const auto model = model_id(static_cast<std::size_t>(gpt4o - benchmark.models.begin()));
    right += benchmark.table.at(query_id(q), model) == Correctness::kRight ? 1U : 0U;
  }
  EXPECT_NEAR(static_cast<double>(right) / 12032, 0.7207, 5e-5);
}

TEST_F(AppImportTest, PredictionsThatFitNoTrueLabelAreToldAtImportAndInInfo) {
  const std::string labels = file("l.csv", "query,gold,m1,m2\nq1,0,A,B\nq2,1,NA,C\n");
  const ImportReport report = run_import({.format = "csv", .paths = {labels}, .study = path("s.assay")});
  const std::string note = "no prediction of m1, m2 is one of the true labels 0, 1; they predict A, B, C";
  EXPECT_THAT(view::to_text(report), HasSubstr("Note: " + note));
  EXPECT_THAT(view::to_text(report), HasSubstr("NA: not run"));
  EXPECT_THAT(view::to_json(report), HasSubstr(note));
  const InfoReport info = run_info({path("s.assay")});
  EXPECT_THAT(view::to_text(info), HasSubstr("Note: " + note));
  EXPECT_THAT(view::to_text(info), HasSubstr("NA: not run"));
  EXPECT_THAT(view::to_json(info), HasSubstr("\"reason\": \"NA: not run\""));
}

TEST_F(AppImportTest, OneGameOfTwoIsToldWhereNothingCanBeCompared) {
  std::filesystem::create_directories(folder_ / "b" / "model_judgment" / "j");
  file("b/question.jsonl", "{\"uid\": \"u\", \"prompt\": \"ask\"}\n");
  file("b/model_judgment/j/m.jsonl", R"({"uid": "u", "model": "m", "baseline": "o", "games": [{"score": "A>B"}]})");
  const ImportReport report = run_import({.format = "arena-hard", .paths = {path("b")}, .study = path("s.assay")});
  EXPECT_THAT(view::to_text(report), HasSubstr("only one of two games (--one-game takes it)"));
  EXPECT_EQ(report.counts.no_verdict, 0U);
  const store::Study study(path("s.assay"), store::Study::Mode::read);
  try {
    study.comparison({});
    ADD_FAILURE() << "no error was thrown";
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(),
                 "the study has no judgement to compare models by; a live judge gives some, see `oracle`; the "
                 "import told: 1 row, only one of two games "
                 "(`one_game` takes it)");
  }
  run_import(
      {.format = "arena-hard", .paths = {path("b")}, .study = path("t.assay"), .options = {.one_game = true}});
  EXPECT_EQ(store::Study(path("t.assay"), store::Study::Mode::read).comparison({}).models.size(), 1U);
}

TEST_F(AppImportTest, ContradictionQuotesThePrompt) {
  const std::string rows = file("r.jsonl", R"({"query":"a1","prompt":"Name a river in Asia"}
{"query":"a1","model":"m","response":"x"}
{"query":"a1","model":"m","response":"y"}
)");
  try {
    run_import({.format = "jsonl", .paths = {rows}, .study = path("s.assay")});
    ADD_FAILURE() << "no error was thrown";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("another response of model \"m\" to query \"a1\" (\"Name a river in Asia\")"));
  }
}

}  // namespace
}  // namespace assay::app

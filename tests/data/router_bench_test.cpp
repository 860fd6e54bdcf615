#include "assay/data/router_bench.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "assay/data/json_reader.h"
#include "assay/data/python_text.h"
#include "tests/data/expected_rows.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::HasSubstr;

RecordingSink imported_router_bench(const std::string& path) {
  RecordingSink sink;
  read_router_bench(std::vector{path}, {}, sink, {});
  return sink;
}

TEST(RouterBench, AWideTableHasThreeColumnsAModel) {
  const SampleFolder folder;
  const std::string path =
      folder.write("wide.csv",
                   "sample_id,prompt,eval_name,big,small,small|model_response,small|total_cost,big|model_response,"
                   "big|total_cost,oracle_model_to_route_to,notes\n"
                   "s.1,['6 x 7?'],sums,1.0,0.25,\"[\"\"It's\\n42\"\"]\",1e-05,['42'],0.001,big,x\n"
                   "s.2,['a'],words,,0,[''],2e-05,,,small,\n");
  const RecordingSink sink = imported_router_bench(path);
  EXPECT_EQ(sink.queries.at({"sums/s.1", 1}).value, RecordingSink::Query("6 x 7?", "sums"));
  EXPECT_EQ(sink.responses.at({"sums/s.1", "small", 1}).value, "It's\n42");
  EXPECT_EQ(sink.responses.at({"words/s.2", "small", 1}).value, "");
  EXPECT_EQ((sink.took.at({"sums/s.1", "big"}).cost), 1000);
  EXPECT_EQ(sink.scores.at({"sums/s.1", "small", "performance", 1, 1}).value, 0.25);
  EXPECT_EQ(sink.scores.size(), 3U);
  EXPECT_EQ(sink.judges.at("performance").most, 1);
  EXPECT_EQ(sink.drops,
            (std::vector<std::pair<std::string, std::string>>{{"not run (an empty cell)", path + ":3"}}));
  EXPECT_EQ(sink.notes.at(0).first, "column \"notes\": passed over");
}

TEST(RouterBench, ALongTableHasARowForEachSampleAndModelAndRepeats) {
  const SampleFolder folder;
  const RecordingSink sink =
      imported_router_bench(folder.write("raw.csv",
                                         ",sample_id,prompt,eval_name,model_name,model_response,cost,performance\n"
                                         "0,s.1,['6 x 7?'],sums,small,['42'],1e-05,1.0\n"
                                         "1,s.1,['6 x 7?'],sums,small,['43'],1e-05,0.0\n"));
  EXPECT_EQ(sink.scores.at({"sums/s.1", "small", "performance", 1, 1}).value, 1);
  EXPECT_EQ(sink.scores.at({"sums/s.1", "small", "performance", 1, 2}).value, 0);
  EXPECT_EQ(sink.responses.at({"sums/s.1", "small", 1}).value, "42");
}

TEST(RouterBench, APickleIsRefusedWithTheWayToWriteIt) {
  const SampleFolder folder;
  const std::string path = folder.write("routerbench_0shot.pkl", "\x80\x04\x95rest");
  EXPECT_FALSE(recognise_router_bench(path).empty());
  EXPECT_FALSE(recognise_router_bench(folder.path()).empty());
  for (const std::string& given : {path, folder.path()}) {
    try {
      imported_router_bench(given);
      FAIL() << given;
    } catch (const InvalidArgument& error) {
      EXPECT_THAT(error.what(), HasSubstr("pandas.read_pickle(sys.argv[1]).to_csv"));
    }
  }
}

TEST(RouterBench, OtherTablesAreNotTakenForIt) {
  const SampleFolder folder;
  EXPECT_EQ(recognise_router_bench(folder.write("a.csv", "query,prompt,small\nq1,x,1\n")), "");
  EXPECT_EQ(recognise_router_bench(folder.write("b.csv", "\"unclosed")), "");
  EXPECT_THROW(imported_router_bench(folder.path("a.csv")), DataError);
}

TEST(RouterBench, ABadCellIsNamed) {
  const SampleFolder folder;
  const std::string path = folder.write("t.csv",
                                        "sample_id,prompt,eval_name,model_name,model_response,cost,performance\n"
                                        "s,['x'],t,m,['y'],0,good\n");
  try {
    imported_router_bench(path);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("t.csv:2: expected a number or an empty cell"));
  }
}

TEST(RouterBench, ReadsWhatItsOwnCodeWrote) {
  const std::string folder = eval_tools_folder();
  if (folder.empty()) GTEST_SKIP() << "no benchmark data (ASSAY_BENCH_DATA)";
  const std::string tool = folder + "/routerbench";
  using Row = std::tuple<std::string, std::string, double>;
  std::set<Row> expected;
  for (auto& row : expected_rows(tool + "/expected.csv")) {
    expected.insert({row["task"] + "/" + row["query_id"], row["model"], std::stod(row["score"])});
  }
  for (const std::string& path : {tool + "/in", tool + "/in/wide.csv", tool + "/in/raw_long.csv"}) {
    ASSERT_FALSE(recognise_router_bench(path).empty());
    const RecordingSink sink = imported_router_bench(path);
    std::set<Row> came;
    for (const auto& [key, score] : sink.scores) {
      came.insert({std::get<0>(key), std::get<1>(key), score.value});
      EXPECT_EQ(std::get<4>(key), 1);
    }
    EXPECT_EQ(came, expected) << path;
    read_json_lines(*open_source(tool + "/expected_texts.jsonl", nullptr), [&](const JsonValue& row) {
      const std::string query = fmt::format("{}/{}", row.field("task").string(), row.field("query_id").string());
      const std::string model(row.field("model").string());
      const auto first = [](const JsonValue& list) { return (*list.elements().begin()).string(); };
      EXPECT_EQ(sink.queries.at({query, 1}).value.first, first(row.field("prompt")));
      EXPECT_EQ(sink.responses.at({query, model, 1}).value, first(row.field("response")));
      EXPECT_NEAR(static_cast<double>(sink.took.at({query, model}).cost.value()), row.field("cost").number() * 1e6,
                  0.5);
    });
  }
}

TEST(PythonText, IsAListOfStrings) {
  EXPECT_EQ(python_list_text("['a', \"it's\"]"), "a\nit's");
  EXPECT_EQ(python_list_text(R"(['\x41\u00fc\U0001F600\\n\n\'\ud83d'])"), "Aü😀\\n\n'\xEF\xBF\xBD");
  EXPECT_EQ(python_list_text("[]"), "");
  EXPECT_EQ(python_list_text("['a',\n 'b',]"), "a\nb");
  EXPECT_EQ(python_list_text("['a' 'b']"), "a\nb");
  for (const char* other : {"", "a", "[1]", "['a", "['a'] b", "['a\\", "['\\x4']", "['\\q']", "[", "[u'a']"}) {
    EXPECT_EQ(python_list_text(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace assay::data

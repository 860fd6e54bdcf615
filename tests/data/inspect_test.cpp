#include "assay/data/inspect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

#include "assay/data/inspect_log.h"
#include "assay/data/json_reader.h"
#include "assay/data/recognise.h"
#include "assay/data/samples.h"
#include "tests/data/expected_rows.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"
#include "tests/data/zip_file.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

RecordingSink read_logs(const std::string& path, const FormatOptions& options = {}) {
  RecordingSink sink;
  const std::vector<std::string> paths = {path};
  read_inspect(paths, options, sink, {});
  return sink;
}

/// The head of a log, all but its last bracket.
std::string head_text(std::string_view model = "acme/alpha", std::string_view created = "2026-01-02T03:04:05+00:00",
                      std::string_view task = "sums") {
  return R"({"version":2,"status":"success","eval":{"task":")" + std::string(task) + R"(","created":")" +
         std::string(created) + R"(","model":")" + std::string(model) + R"("},"plan":{},"results":null)";
}

std::string sample_text(std::string_view id, std::string_view members, int epoch = 1) {
  return R"({"id":)" + std::string(id) + R"(,"epoch":)" + std::to_string(epoch) +
         R"(,"input":"6 x 7?","target":"42","messages":[],"events":[{"a":["}"]}],)" + std::string(members) + "}";
}

std::string scored(std::string_view value) {
  return R"("output":{"choices":[{"message":{"content":"It is 42."}}],"completion":"It is 42."},)"
         R"("scores":{"match":{"value":)" +
         std::string(value) + R"(,"answer":"It is 42."}})";
}

std::string json_log(const std::string& samples, const std::string& head = head_text()) {
  return head + ",\"samples\":[" + samples + "],\"reductions\":[]}";
}

/// One sample with these members.
RecordingSink one_sample(std::string_view members, const FormatOptions& options = {}) {
  const SampleFolder folder;
  return read_logs(folder.write("log.json", json_log(sample_text("7", members))), options);
}

/// The values of "sums/7" by judge.
std::map<std::string, double> values(const RecordingSink& sink) {
  std::map<std::string, double> result;
  for (const auto& [key, entry] : sink.scores) {
    if (!std::isnan(entry.value)) result[std::get<2>(key)] = entry.value;
  }
  return result;
}

std::vector<std::string> notes_of(const RecordingSink& sink) {
  std::set<std::string> notes;
  for (const auto& [note, where] : sink.notes) notes.insert(note);
  return {notes.begin(), notes.end()};
}

TEST(Inspect, ASampleBecomesAQueryAResponseAndAScore) {
  const RecordingSink sink = one_sample(
      scored("\"C\"") +
      R"(,"model_usage":{"acme/alpha":{"input_tokens":9,"output_tokens":4,"total_tokens":13,"total_cost":0.00125},)"
      R"("acme/grader":{"input_tokens":100,"output_tokens":50}},"working_time":2.5)");
  EXPECT_EQ(sink.queries.at({"sums/7", 1}).value, RecordingSink::Query("6 x 7?", "sums"));
  EXPECT_EQ(sink.responses.at({"sums/7", "acme/alpha", 1}).value, "It is 42.");
  EXPECT_EQ(sink.scores.at({"sums/7", "acme/alpha", "match", 1, 1}).value, 1);
  EXPECT_EQ(sink.labels.at({"sums/7", ""}).value, "42");
  EXPECT_FALSE(sink.labels.contains({"sums/7", "acme/alpha"}));  // the scorer extracts nothing
  EXPECT_EQ(sink.providers.at("acme/alpha"), "acme");
  const AnswerCost took{.tokens_in = 9, .tokens_out = 4, .cost = 1250, .seconds = 2.5};
  EXPECT_EQ(sink.took.at({"sums/7", "acme/alpha"}), took);
  const JudgeRecord& judge = sink.judges.at("match");
  EXPECT_EQ(judge.lower_is_better, false);
  EXPECT_EQ(judge.least, 0);
  EXPECT_EQ(judge.most, 1);
  EXPECT_THAT(sink.notes, IsEmpty());
}

TEST(Inspect, OneCallTookItsOwnTime) {
  const RecordingSink sink = one_sample(
      R"("output":{"completion":"x","usage":{"input_tokens":9,"output_tokens":4,"total_tokens":13},"time":1.5},)"
      R"("model_usage":{"acme/alpha":{"input_tokens":9,"output_tokens":4,"total_tokens":13}},"working_time":2.5)");
  EXPECT_EQ(sink.took.at({"sums/7", "acme/alpha"}).seconds, 1.5);
}

TEST(Inspect, ValuesAreWhatInspectTakesThemFor) {
  const std::pair<const char*, double> known[] = {
      {"\"C\"", 1},  {"\"P\"", 0.5},   {"\"I\"", 0},      {"\"N\"", 0},    {"\"yes\"", 1},
      {"\"No\"", 0}, {"\"TRUE\"", 1},  {"true", 1},       {"false", 0},    {"0.25", 0.25},
      {"-3", -3},    {"\"0.5\"", 0.5}, {"\" 2e1 \"", 20}, {"\"+4\"", 4.0},
  };
  for (const auto& [text, value] : known) EXPECT_EQ(values(one_sample(scored(text))).at("match"), value) << text;
}

TEST(Inspect, NumbersHaveNoScale) { EXPECT_THAT(one_sample(scored("0.5")).judges, IsEmpty()); }

TEST(Inspect, WhatIsNoNumberIsNoScore) {
  for (const char* text : {"NaN", "Infinity", "-Infinity", "\"nan\""}) {
    const RecordingSink sink = one_sample(scored(text));
    EXPECT_TRUE(std::isnan(sink.scores.at({"sums/7", "acme/alpha", "match", 1, 1}).value)) << text;
    EXPECT_THAT(notes_of(sink), ElementsAre("the scorer gave no score")) << text;
  }
  const RecordingSink label = one_sample(scored("\"landscape\""));
  EXPECT_THAT(label.scores, IsEmpty());
  EXPECT_EQ(label.drops.at(0).first, "a score that is a text and no number");
  const RecordingSink failed = one_sample(R"("scores":{"j":{"value":NaN,"reason":"grader_failed"}})");
  EXPECT_THAT(notes_of(failed), ElementsAre("the scorer gave no score (grader_failed)"));
}

TEST(Inspect, EachPlaceOfAValueIsAJudge) {
  const RecordingSink sink =
      one_sample(R"("scores":{"a":{"value":{"x":1,"y":"C","z":null,"w":NaN}},"b":{"value":[true,[2]]},"c":null})");
  EXPECT_THAT(values(sink),
              ElementsAre(std::pair("a/x", 1), std::pair("a/y", 1), std::pair("b/0", 1), std::pair("b/1/0", 2)));
}

TEST(Inspect, AFailedSampleHasNoScoreOfAnyScorer) {
  const std::string error = R"x("scores":{},"error":{"message":"ValueError('no /home/me')","traceback":"t"})x";
  const SampleFolder folder;
  const std::string log =
      folder.write("log.json", json_log(sample_text("7", error) + "," + sample_text("8", scored("\"I\""))));
  const RecordingSink sink = read_logs(log);
  EXPECT_TRUE(std::isnan(sink.scores.at({"sums/7", "acme/alpha", "match", 1, 1}).value));
  EXPECT_EQ(sink.scores.at({"sums/8", "acme/alpha", "match", 1, 1}).value, 0);
  EXPECT_FALSE(sink.responses.contains({"sums/7", "acme/alpha", 1}));
  EXPECT_THAT(notes_of(sink), ElementsAre("the sample failed (ValueError): no score"));
  const RecordingSink wrong = read_logs(log, {.errors_are_wrong = true});
  EXPECT_EQ(wrong.scores.at({"sums/7", "acme/alpha", "match", 1, 1}).value, 0);
}

TEST(Inspect, AFailedSampleThatWasScoredKeepsItsScore) {
  const RecordingSink sink = one_sample(scored("\"I\"") + R"x(,"error":{"message":"RuntimeError('x')"})x");
  EXPECT_THAT(values(sink), ElementsAre(std::pair("match", 0)));
  EXPECT_THAT(notes_of(sink), ElementsAre("a sample that failed and was scored: the scores count"));
}

TEST(Inspect, EpochsAreRepeats) {
  const SampleFolder folder;
  const RecordingSink sink =
      read_logs(folder.write("log.json", json_log(sample_text("\"a/b\"", scored("\"C\"")) + "," +
                                                  sample_text("\"a/b\"", scored("\"I\""), 2))));
  EXPECT_EQ(sink.scores.at({"sums/a/b", "acme/alpha", "match", 1, 1}).value, 1);
  EXPECT_EQ(sink.scores.at({"sums/a/b", "acme/alpha", "match", 1, 2}).value, 0);
}

TEST(Inspect, MessagesAreAPrompt) {
  const SampleFolder folder;
  const std::string sample =
      R"({"id":1,"epoch":1,"input":[{"role":"system","content":"Be brief."},{"role":"user","content":[)"
      R"({"type":"text","text":"What"},{"type":"image","image":"attachment://1"},{"type":"text","text":"is it?"}]}],)"
      R"("target":["a","b"],"output":{"choices":[{"message":{"content":[{"type":"reasoning","reasoning":"hm"},)"
      R"({"type":"text","text":"A cat"},{"type":"text","text":"it is"}]}}]}})";
  const RecordingSink sink = read_logs(folder.write("log.json", json_log(sample)));
  EXPECT_EQ(sink.queries.at({"sums/1", 1}).value.first, "[system] Be brief.\n[user] What\nis it?");
  EXPECT_EQ(sink.responses.at({"sums/1", "acme/alpha", 1}).value, "A cat\nit is");
  EXPECT_THAT(sink.labels, IsEmpty());  // of several answers any is right
  EXPECT_THAT(notes_of(sink), ElementsAre(testing::HasSubstr("kept as one text"), "a sample without scores"));
}

TEST(Inspect, MessagesAreKept) {
  const SampleFolder folder;
  const std::string sample =
      R"({"id":1,"epoch":1,"input":[{"id":"x","role":"system","content":"Be brief.","source":"input"},)"
      R"({"role":"user","content":[{"type":"text","text":"Which?"}]}],"choices":["cat","dog"],"target":"A",)"
      R"("output":{"completion":"A"},"scores":{}})";
  const RecordingSink sink = read_logs(folder.write("log.json", json_log(sample)));
  EXPECT_EQ(sink.queries.at({"sums/1", 1}).value.first, "[system] Be brief.\n[user] Which?\nA. cat\nB. dog");
  EXPECT_EQ(sink.messages.at("sums/1"),
            R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Which?\nA. cat\nB. dog"}])");
}

TEST(Inspect, ChoicesAreOffered) {
  const SampleFolder folder;
  const auto sample = [](std::string_view id, std::string_view target, std::string_view answer) {
    return R"({"id":)" + std::string(id) + R"(,"epoch":1,"input":"Which?","choices":["cat","dog"],"target":)" +
           std::string(target) +
           R"(,"output":{"completion":"I say B"},"scores":{"choice":{"value":"C","answer":")" +
           std::string(answer) + "\"}}}";
  };
  const RecordingSink sink = read_logs(
      folder.write("log.json", json_log(sample("1", "\"B\"", "B") + "," + sample("2", "[\"A\",\"B\"]", "A, B") +
                                        "," + sample("3", "\"A\"", ""))));
  EXPECT_EQ(sink.queries.at({"sums/1", 1}).value.first, "Which?\nA. cat\nB. dog");
  EXPECT_EQ(sink.options.at("sums/1"), 2);
  EXPECT_EQ(sink.labels.at({"sums/1", ""}).value, "B");
  EXPECT_EQ(sink.labels.at({"sums/1", "acme/alpha"}).value, "B");
  EXPECT_EQ(sink.labels.at({"sums/2", ""}).value, "A, B");
  EXPECT_EQ(sink.labels.at({"sums/2", "acme/alpha"}).value, "A, B");
  EXPECT_FALSE(sink.labels.contains({"sums/3", "acme/alpha"}));
}

TEST(Inspect, EditsAndInvalidSamplesAreTold) {
  const RecordingSink sink =
      one_sample(R"("invalidation":{"reason":"r"},"scores":{"j":{"value":"I","history":[{"value":"C"}]}})");
  EXPECT_THAT(values(sink), ElementsAre(std::pair("j", 0)));
  EXPECT_THAT(notes_of(sink), ElementsAre("a score that was edited: the last value counts",
                                          "an invalidated sample: its scores count"));
}

TEST(Inspect, TheGraderIsTold) {
  std::string head = head_text();
  head.replace(head.find("},\"plan\""), 1,
               R"(,"model_roles":{"grader":{"model":"acme/judge","base_url":"http://me:key@host"}},"scorers":[)"
               R"({"name":"model_graded_qa","options":{"model":{"model":"acme/big"}}},)"
               R"({"name":"model_graded_fact","options":{"model_role":"grader","model":null}},{"name":"match"}]})");
  const SampleFolder folder;
  const RecordingSink sink = read_logs(folder.write("log.json", json_log(sample_text("7", scored("1")), head)));
  EXPECT_THAT(notes_of(sink), ElementsAre(R"(judge "model_graded_fact" is the model "acme/judge")",
                                          R"(judge "model_graded_qa" is the model "acme/big")"));
}

TEST(Inspect, TheFirstVersionHasOneScoreWithoutAName) {
  std::string head = head_text();
  head.replace(head.find("\"version\":2"), 11, "\"version\":1");
  head.replace(head.find("null"), 4, R"({"scorer":{"name":"includes"},"metrics":{}})");
  const SampleFolder folder;
  const RecordingSink sink =
      read_logs(folder.write("log.json", json_log(sample_text("7", R"("score":{"value":"C"})"), head)));
  EXPECT_THAT(values(sink), ElementsAre(std::pair("includes", 1)));
}

TEST(Inspect, TheNewestRunCounts) {
  const SampleFolder folder;
  const auto log = [&](const char* name, const char* created, const char* value) {
    folder.write(name, json_log(sample_text("7", scored(value)), head_text("m", created)));
  };
  log("b_first.json", "2026-01-02T03:04:05+02:00", "0.1");
  log("a_second.json", "2026-01-02T02:04:05+00:00", "0.2");
  folder.write("c_other.json", json_log(sample_text("7", scored("0.3")), head_text("n")));
  const auto value = [&](const FormatOptions& options) {
    return read_logs(folder.path(), options).scores.at({"sums/7", "m", "match", 1, 1}).value;
  };
  EXPECT_EQ(value({}), 0.2);
  EXPECT_EQ(value({.run = "first"}), 0.1);
  const RecordingSink sink = read_logs(folder.path());
  EXPECT_EQ(sink.scores.size(), 2U);
  EXPECT_THAT(notes_of(sink),
              ElementsAre("an older run of the task by the model, left out (`run` picks one by its file's name)"));
  EXPECT_THAT(error_of([&] { read_logs(folder.path(), {.run = "third"}); }),
              HasSubstr("came \"third\"; the runs are: a_second.json, b_first.json, c_other.json"));
}

TEST(Inspect, ALogThatWasScoredAgainCounts) {
  const SampleFolder folder;
  folder.write("x.json", json_log(sample_text("7", scored("0.1"))));
  folder.write("x-scored.json", json_log(sample_text("7", scored("0.2"))));
  EXPECT_EQ(values(read_logs(folder.path())).at("match"), 0.2);
}

TEST(Inspect, MembersMayComeInAnyOrder) {
  const SampleFolder folder;
  const std::string log = "{\"samples\":[" + sample_text("7", scored("1")) + "]," + head_text().substr(1) + "}";
  EXPECT_EQ(values(read_logs(folder.write("log.json", log))).at("match"), 1);
}

TEST(Inspect, PackedLogsAreReadLikeTheOthers) {
  for (const std::uint16_t method : {ZipFile::kDeflate, ZipFile::kZstd}) {
    const SampleFolder folder;
    ZipFile zip;
    zip.add("_journal/start.json", head_text("m") + "}", method);
    zip.add("samples/7_epoch_1.json", sample_text("7", scored("0.1")), method);
    zip.add("samples/7_epoch_1.json", sample_text("7", scored("0.2")), method);
    zip.add("samples/../8_epoch_1/x_epoch_1.json", sample_text("\"../8\"", scored("0.3")), method);
    zip.add("summaries.json", "[]", method);
    zip.add("header.json", head_text() + "}", method);
    const RecordingSink sink = read_logs(folder.write("log.eval", zip.bytes()));
    EXPECT_EQ(sink.scores.size(), 2U);
    EXPECT_EQ(sink.scores.at({"sums/7", "acme/alpha", "match", 1, 1}).value, 0.2);
    EXPECT_EQ(sink.scores.at({"sums/../8", "acme/alpha", "match", 1, 1}).value, 0.3);
  }
}

TEST(Inspect, AKilledRunHasOnlyItsJournal) {
  const SampleFolder folder;
  ZipFile zip;
  zip.add("_journal/start.json", R"({"version":2,"eval":{"task":"sums","model":"m"},"plan":{}})");
  zip.add("samples/7_epoch_1.json", sample_text("7", scored("1")));
  const RecordingSink sink = read_logs(folder.write("log.eval", zip.bytes()));
  EXPECT_EQ(sink.scores.size(), 1U);
  EXPECT_THAT(notes_of(sink), ElementsAre("a run that ended with status \"started\": what it finished counts"));
}

TEST(Inspect, RefusesWhatItCantRead) {
  const SampleFolder folder;
  const auto error = [&](const ZipFile& zip) {
    return error_of([&] { read_logs(folder.write("log.eval", zip.bytes())); });
  };
  ZipFile parts;
  parts.add("header.json", head_text() + "}");
  parts.add("samples/7_epoch_1/sample.json", "{}");
  EXPECT_THAT(error(parts), HasSubstr("a sample in parts, which is not read"));
  ZipFile nothing;
  nothing.add("a", "b");
  EXPECT_THAT(error(nothing), HasSubstr("expected a log of Inspect, came a zip file without header.json"));
  ZipFile empty;
  empty.add("header.json", head_text() + "}");
  EXPECT_THAT(error(empty), HasSubstr("expected a log with samples, came one without"));
  std::string version = head_text() + "}";
  version.replace(version.find("\"version\":2"), 11, "\"version\":3");
  EXPECT_THAT(error_of([&] { read_logs(folder.write("log.json", version)); }), HasSubstr("version 1 or 2"));
  EXPECT_THAT(error_of([&] { read_logs(folder.write("log.json", "{\"a\":1}")); }),
              HasSubstr("expected a field \"eval\""));
  EXPECT_THAT(
      error_of([&] { read_logs(folder.write("log.json", json_log("{\"id\":1,\"epoch\":0,\"input\":\"\"}"))); }),
      HasSubstr("log.json:1: expected an integer from 1"));
  EXPECT_THAT(error_of([&] {
                read_logs(folder.write("cut.json", json_log(sample_text("7", scored("1"))).substr(0, 300)));
              }),
              HasSubstr("cut.json:1: expected"));
  EXPECT_THAT(error_of([&] { read_logs(folder.write("empty/x.txt", "") + "/.."); }), Not(IsEmpty()));
}

TEST(Inspect, IsRecognisedByContent) {
  const SampleFolder folder;
  folder.write("runs/a/eval-set.json", R"({"eval_set_id":"x","tasks":[]})");
  folder.write("runs/a/logs.json", R"({"x.eval":)" + head_text() + "}}");
  EXPECT_EQ(recognise_inspect(folder.path("runs")), "");
  const std::string log = folder.write("runs/a/x.json", json_log(sample_text("7", scored("1"))));
  EXPECT_THAT(recognise_inspect(folder.path("runs")), HasSubstr("x.json is a log of Inspect"));
  EXPECT_EQ(recognise_inspect(log), "a log of Inspect");
  EXPECT_EQ(recognise_inspect(folder.write("other.json", R"({"version":3,"results":{"eval":{}}})")), "");
  EXPECT_EQ(recognise_inspect(folder.write("other.eval", "{\"task\":1}")), "");
  EXPECT_EQ(read_logs(folder.path("runs")).scores.size(), 1U);
}

TEST(InspectLog, ReadsTimes) {
  EXPECT_EQ(seconds_of_time("1970-01-01T00:00:00+00:00"), 0);
  EXPECT_EQ(seconds_of_time("2026-11-28T20:50:53+00:00"), 1795899053);
  EXPECT_EQ(seconds_of_time("2026-11-28T20:50:53.123Z"), 1795899053);
  EXPECT_EQ(seconds_of_time("2026-11-28T22:20:53+01:30"), 1795899053);
  EXPECT_EQ(seconds_of_time("2026-11-28T15:50:53-05:00"), 1795899053);
  EXPECT_EQ(seconds_of_time("2026-13-28T20:50:53"), 0);
  EXPECT_EQ(seconds_of_time("yesterday"), 0);
}

// The tool's own files. One log after the other: the runs of one model of a task replace each other.

struct ExpectedCase {
  std::string folder;
  std::map<std::string, std::vector<std::map<std::string, std::string>>> rows;  ///< by file
};

std::vector<ExpectedCase> expected_cases() {
  std::vector<ExpectedCase> cases;
  const std::string root = eval_tools_folder();
  if (root.empty()) return cases;
  for (const auto& entry : std::filesystem::directory_iterator(root + "/inspect")) {
    if (!entry.is_directory()) continue;
    ExpectedCase& one = cases.emplace_back(ExpectedCase{entry.path().string(), {}});
    for (const auto& row : expected_rows(one.folder + "/expected.csv")) one.rows[row.at("file")].push_back(row);
  }
  return cases;
}

TEST(InspectData, EveryExpectedScoreComesOut) {
  const std::vector<ExpectedCase> cases = expected_cases();
  if (cases.empty()) GTEST_SKIP() << "needs the files of other evaluation tools: set ASSAY_BENCH_DATA";
  using Key = std::tuple<std::string, std::string, std::string, int>;
  std::size_t compared = 0;
  for (const ExpectedCase& one : cases) {
    for (const auto& [file, rows] : one.rows) {
      SCOPED_TRACE(file);
      const RecordingSink sink = read_logs(one.folder + "/in/" + file);
      std::map<Key, double> expected;
      std::set<std::pair<std::string, int>> failed;
      for (const auto& row : rows) {
        const std::string query = row.at("task") + "/" + row.at("query_id");
        const int repeat = std::stoi(row.at("repeat"));
        if (row.at("scorer").empty()) failed.emplace(query, repeat);
        if (!row.at("number").empty()) {
          expected[{query, row.at("model"), row.at("scorer"), repeat}] = std::stod(row.at("number"));
        }
      }
      std::map<Key, double> came;
      for (const auto& [key, entry] : sink.scores) {
        const auto& [query, model, judge, turn, repeat] = key;
        if (!std::isnan(entry.value)) came[{query, model, judge, repeat}] = entry.value;
        EXPECT_TRUE(!failed.contains({query, repeat}) || std::isnan(entry.value)) << query;
      }
      EXPECT_EQ(came, expected);
      compared += expected.size();
    }
  }
  EXPECT_GT(compared, 250U);
}

TEST(InspectData, EveryExpectedTextComesOut) {
  const std::vector<ExpectedCase> cases = expected_cases();
  if (cases.empty()) GTEST_SKIP() << "needs the files of other evaluation tools: set ASSAY_BENCH_DATA";
  std::size_t compared = 0;
  for (const ExpectedCase& one : cases) {
    std::map<std::string, RecordingSink> sinks;
    for (const auto& [file, rows] : one.rows) sinks[file] = read_logs(one.folder + "/in/" + file);
    read_json_lines(*open_source(one.folder + "/expected_texts.jsonl", nullptr), [&](const JsonValue& row) {
      if (row.field("repeat").integer(1, 100) != 1) return;
      const RecordingSink& sink = sinks.at(std::string(row.field("file").string()));
      const std::string query =
          std::string(row.field("task").string()) + "/" + std::string(row.field("query_id").id());
      const std::string model(row.field("model").string());
      SCOPED_TRACE(query);
      std::string prompt(row.field("prompt").string());
      if (const JsonValue choices = row.field("choices"); !choices.is_null()) {
        char letter = 'A';
        for (const JsonValue choice : choices.elements()) {
          prompt += std::string("\n") + letter++ + ". " + std::string(choice.string());
        }
      }
      EXPECT_EQ(sink.queries.at({query, 1}).value.first, prompt);
      const auto response = sink.responses.find({query, model, 1});
      EXPECT_EQ(response == sink.responses.end() ? "" : response->second.value, row.field("response").string());
      const JsonValue target = row.field("target");
      const std::string gold(target.kind() == JsonKind::string ? target.string() : "");
      if (is_short_answer(gold)) {
        EXPECT_EQ(sink.labels.at({query, ""}).value, gold);
      }
      // The tokens of a grader are in the file's numbers too.
      const auto took = sink.took.find({query, model});
      if (took != sink.took.end() && !one.folder.ends_with("model-graded")) {
        EXPECT_EQ(took->second.tokens_in.value_or(0), row.field("input_tokens").number());
        EXPECT_EQ(took->second.tokens_out.value_or(0), row.field("output_tokens").number());
      }
      ++compared;
    });
  }
  EXPECT_GT(compared, 100U);
}

TEST(InspectData, EveryFolderIsRecognised) {
  const std::vector<ExpectedCase> cases = expected_cases();
  if (cases.empty()) GTEST_SKIP() << "needs the files of other evaluation tools: set ASSAY_BENCH_DATA";
  for (const ExpectedCase& one : cases) {
    EXPECT_EQ(recognise(std::vector<std::string>{one.folder + "/in"}).format->name, "inspect") << one.folder;
    for (const auto& [file, rows] : one.rows) {
      EXPECT_EQ(recognise(std::vector<std::string>{one.folder + "/in/" + file}).format->name, "inspect") << file;
    }
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(eval_tools_folder())) {
    const std::string path = entry.path().string();
    if (path.find("/inspect") == std::string::npos) {
      EXPECT_EQ(recognise_inspect(path), "") << path;
    }
  }
}

}  // namespace
}  // namespace assay::data

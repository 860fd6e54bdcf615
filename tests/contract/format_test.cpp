#include "assay/data/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "assay/core/rng.h"
#include "tests/data/arrow_program.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

// What every file format keeps to, whatever is in the files.

namespace assay::data {
inline void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }
}  // namespace assay::data

namespace assay {

namespace {

using Files = std::map<std::string, std::string>;

/// A small valid input of each format: files below a folder, and what of it is the path to import.
struct Sample {
  std::string import;
  Files files;
};

const std::map<std::string_view, Sample>& samples() {
  static const std::map<std::string_view, Sample> kSamples = {
      {"alpaca-eval", {"results", {{"results/m/judge/annotations.json", R"([
  {"instruction": "q\u00e41", "output_1": "a", "generator_1": "b", "dataset": "d", "output_2": "c", "preference": 2.0},
  {"instruction": "q2", "output_1": "", "generator_1": "b", "preference": null, "output_2": "ü", "raw": [{}, 1, true]}
]
)"}}}},
      {"arena-hard",
       {"bench",
        {{"bench/question.jsonl", R"({"uid": "u", "category": "c", "prompt": "ask"}
{"question_id": "v", "turns": [{"content": "ask"}]}
)"},
         {"bench/model_answer/m.jsonl",
          R"({"uid": "u", "model": "m", "messages": [{"role": "assistant", "content": {"answer": "x"}}]}
{"question_id": "v", "model_id": "m", "choices": [{"turns": [{"content": "y"}]}]}
)"},
         {"bench/model_judgment/j/m.jsonl",
          R"({"uid": "u", "model": "m", "baseline": "b", "games": [{"score": "A>B"}, null]}
{"question_id": "v", "model": "m", "baseline": "b", "games": [{"score": "A>>B"}, {"score": "A=B"}]}
)"}}}},
      {"mt-bench",
       {"bench",
        {{"bench/question.jsonl", "{\"question_id\": 81, \"category\": \"c\", \"turns\": [\"ask\", \"more\"]}\n"},
         {"bench/model_answer/m.jsonl", "{\"question_id\": 81, \"choices\": [{\"turns\": [\"x\", \"y\"]}]}\n"},
         {"bench/model_judgment/j.jsonl",
          R"({"question_id": 81, "model": "m", "judge": ["j", "p"], "turn": 1, "score": 7.5}
{"question_id": 81, "model_1": "m", "model_2": "n", "g1_winner": "tie", "g2_winner": "error", "judge": "j", "turn": 2}
)"}}}},
      {"csv", {"t.csv", {{"t.csv", "query,prompt,m1,\"m,2\"\r\nq1,\"a \"\"b\"\"\nc\",win,D\nq2,ü,NA,loss\n"}}}},
      {"jsonl", {"r.jsonl", {{"r.jsonl", R"({"query":"q","prompt":"ask","task":"t"}
{"query":"r","prompt":"more","messages":[{"role":"system","content":"ü"},{"role":"user","content":["a"]}]}
{"query":"q","model":"m","response":"ü"}
{"query":"q","model":"m","verdict":"win","opponent":"o","judge":"j"}
{"query":"q","model":"m","score":1.5,"repeat":2}
{"query":"q","label":null}
)"}}}},
      {"parquet", {"t.parquet", {{"t.parquet", table_sample("long.parquet")}}}},
      {"arrow", {"t.arrow", {{"t.arrow", table_sample("long.arrow")}}}},
      {"answers",
       {"a",
        {{"a/m.jsonl", R"({"prompt":"ask","response":"ü","passed":true}
{"id":"q","question":"more","response":"","passed":false}
)"},
         {"a/n.csv", "prompt,output,correct\nask,x,1\n"}}}},
      {"battles", {"b.jsonl", {{"b.jsonl", R"({"model_a":"m","model_b":"n","winner":"tie","question_id":"q"}
{"left":"m","right":"ü","winner":"right","prompt":"ask"}
)"}}}},
      {"every-eval-ever",
       {"data",
        {{"data/c/org/m/u1.json",
          R"({"schema_version": "0.3.0", "evaluation_id": "c/org/m/1", "evaluation_timestamp": "17.5",
 "eval_library": {"name": "inspect"}, "model_info": {"id": "org/m", "inference_platform": "here"}, "evaluation_results":
 [{"evaluation_result_id": "acc", "evaluation_name": "c", "metric_config": {"lower_is_better": false, "min_score": 0,
 "max_score": "Infinity"}}]})"},
         {"data/c/org/m/u1_samples.jsonl",
          R"({"schema_version": "0.3.0", "evaluation_id": "c/org/m/1", "model_id": "org/m", "evaluation_name": "c", "evaluation_result_id": "acc", "sample_id": "1", "sample_hash": "ab", "input": {"raw": "ask", "reference": ["ü"], "choices": null}, "output": {"raw": ["ü"]}, "evaluation": {"score": 1.0, "is_correct": true}, "token_usage": {"input_tokens": 2}, "error": null, "metadata": {"epoch": "1"}}
{"schema_version": "0.3.0", "evaluation_id": "c/org/m/1", "model_id": "org/m", "evaluation_name": "c", "evaluation_result_id": null, "sample_id": "2", "sample_hash": "cd", "input": {"raw": "ask", "reference": [], "choices": ["a", "b"]}, "output": null, "messages": [{"role": "assistant", "content": "x"}], "evaluation": {"score": 0.0, "is_correct": false}, "error": "cut", "metadata": null}
)"}}}},
      {"lm-eval",
       {"out",
        {{"out/org__m/results_2026-01-02T03-04-05.678901.json",
          R"({"results": {"t": {"alias": "t", "acc,none": 0.5}}, "higher_is_better": {"t": {"acc": true}},
 "model_name": "org/m", "model_source": "hf"})"},
         {"out/org__m/samples_t_2026-01-02T03-04-05.678901.jsonl",
          R"({"doc_id": 0, "doc": {"q": "ü"}, "target": "1", "arguments": {"gen_args_0": {"arg_0": "ask", "arg_1": " a"}, "gen_args_1": {"arg_0": "ask", "arg_1": " b"}}, "resps": [[["-2.5", "False"]], [["-1.5", "True"]]], "filtered_resps": [["-2.5", "False"], ["-1.5", "True"]], "filter": "none", "metrics": ["acc"], "acc": 1.0}
{"doc_id": 1, "doc": {}, "target": "x", "arguments": {"gen_args_0": {"arg_0": "ask", "arg_1": {}}}, "resps": [["x", "y"]], "filtered_resps": ["x"], "filter": "none", "metrics": ["acc", "f1"], "acc": NaN, "f1": [1, 0], "doc_hash": "00"}
)"}}}},
      {"router-bench",
       {"wide.csv",
        {{"wide.csv",
          R"(sample_id,prompt,eval_name,big,small,small|model_response,small|total_cost,big|model_response,big|total_cost
s.1,['6 x 7?'],sums,1.0,0.5,"[""It's\n42""]",1e-05,['42'],0.001
s.2,"['Say \'a\'.', 'Ü']",words,1.0,,,,['a'],0.002
)"}}}},
      {"llm-router-bench",
       {"bench",
        {{"bench/sums/test/small/sums-test-small-20260102_030405.json",
          R"({"performance": 0.5, "cost": 0.1, "model_name": "org/small", "dataset_name": "sums", "split": "test", "records": [
  {"index": 1, "origin_query": "6 x 7?", "prompt": "Q", "prompt_tokens": 5, "completion_tokens": 2, "cost": 0.00012,
   "score": 1.0, "prediction": "42", "ground_truth": 42, "raw_output": ["42", {"a": [null, true, "ü"]}]},
  {"index": "2", "origin_query": "7 x 7?", "score": NaN, "prediction": "", "ground_truth": ["49"], "raw_output": null}]}
)"}}}},
      {"router-arena",
       {"small.jsonl",
        {{"small.jsonl",
          R"({"global_index": "Sums_0", "question": "6 x 7?", "llm_selected": "small", "generated_answer": "42ü", "token_usage": {"input_tokens": 5, "output_tokens": 1}, "success": true, "provider": "toy", "error": null, "evaluation_result": {"extracted_answer": "42", "ground_truth": "42", "score": 1.0, "metric": "exact", "inference_cost": 1e-05}}
{"global_index": "Sums_1", "question": "7 x 7?", "llm_selected": "small", "generated_answer": "", "success": false, "error": "timed out", "evaluation_result": {"score": 0.0, "metric": "error"}}
)"}}}},
      {"openai-batch",
       {"b",
        {{"b/in.jsonl",
          R"({"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "m", "messages": [{"role": "user", "content": "6 x 7?"}], "n": 2}}
{"custom_id": "2", "method": "POST", "url": "/v1/responses", "body": {"model": "m", "instructions": "Be brief.", "input": "7 x 7ü"}}
)"},
         {"b/out.jsonl",
          R"({"id": "r2", "custom_id": "2", "response": {"status_code": 200, "body": {"model": "m-1", "output": [{"type": "message", "content": [{"type": "output_text", "text": "49"}]}], "usage": {"input_tokens": 5, "output_tokens": 2}}}, "error": null}
{"id": "r1", "custom_id": "1", "response": {"status_code": 200, "body": {"model": "m-1", "choices": [{"index": 0, "message": {"role": "assistant", "content": "42"}, "finish_reason": "stop"}]}}, "error": null}
)"}}}},
      {"helm",
       {"run:model=toy_a",
        {{"run:model=toy_a/run_spec.json",
          R"({"name": "sums:digits=2,model=toy_a", "adapter_spec": {"method": "generation", "model": "toy/a"}, "metric_specs": [{"class_name": "M", "args": {"names": ["exact_match"]}}]}
)"},
         {"run:model=toy_a/per_instance_stats.json",
          R"([{"instance_id": "id1", "train_trial_index": 0, "stats": [{"name": {"name": "exact_match", "split": "test"}, "count": 1, "sum": 1, "mean": 1.0}]}]
)"},
         {"run:model=toy_a/scenario_state.json",
          R"({"request_states": [{"instance": {"input": {"text": "6 x 7ü"}, "references": [{"output": {"text": "42"}, "tags": ["correct"]}], "split": "test", "id": "id1"}, "train_trial_index": 0, "result": {"success": true, "completions": [{"text": "42"}]}}]}
)"}}}},
      {"promptfoo",
       {"output.json",
        {{"output.json",
          R"({"evalId": "e", "results": {"version": 3, "timestamp": "2026", "prompts": [], "results": [{"id": "r0", "provider": {"id": "openai:small", "label": ""}, "prompt": {"raw": "6 x 7ü", "label": "plain"}, "promptIdx": 0, "testIdx": 0, "vars": {"q": "6"}, "testCase": {"assert": [{"type": "equals", "value": "42"}]}, "response": {"output": "42", "tokenUsage": {"prompt": 5, "completion": 2}}, "gradingResult": {"componentResults": [{"pass": true, "score": 1, "assertion": {"type": "equals"}}]}, "score": 0.5, "success": false, "namedScores": {}, "failureReason": 1}], "stats": {}}, "config": {}}
)"}}}},
      {"deepeval",
       {"test_run_20260102_030405.json",
        {{"test_run_20260102_030405.json",
          R"({"testCases": [{"name": "a", "input": "6 x 7ü", "actualOutput": "42", "expectedOutput": "42", "tokenCost": 0.0001, "metricsData": [{"name": "Fit", "threshold": 0.5, "success": true, "score": 1.0}, {"name": "Judge", "success": false, "error": "no JSON"}]}], "conversationalTestCases": [], "hyperparameters": {"model": "m"}}
)"}}}},
      {"inspect",
       {"log.json",
        {{"log.json",
          R"({"version": 2, "status": "success", "eval": {"task": "t", "created": "2026-01-02T03:04:05+00:00", "model": "a/m"},
 "plan": {}, "results": {"scores": [{"name": "j", "scorer": "j"}]}, "samples": [
{"id": 1, "epoch": 1, "input": "ü?", "choices": ["x", "y"], "target": ["A"], "events": [{"a": "]\\\""}], "output": {"completion": "A"},
 "scores": {"j": {"value": "C", "answer": "A"}, "k": {"value": NaN}}, "model_usage": {"a/m": {"input_tokens": 1}}},
{"id": "b", "epoch": 2, "input": [{"role": "user", "content": "ask"}], "target": "", "scores": {}, "error": {"message": "E: 1"}}
], "reductions": null}
)"}}}},
  };
  return kSamples;
}

class FormatContract : public testing::TestWithParam<data::Format> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(samples().contains(GetParam().name)) << "add a small valid sample of the format to this file";
    if (GetParam().by_first_bytes) ASSAY_NEED_ARROW();
    sample_ = samples().at(GetParam().name);
    for (const auto& [name, text] : sample_.files) folder_.write(name, text);
  }

  RecordingSink import(const std::string& path) const {
    RecordingSink sink;
    const std::vector<std::string> paths = {path};
    GetParam().read(paths, {}, sink, {});
    return sink;
  }

  /// The import either succeeds or fails with one line that starts with the path of `name` and a line number.
  void expect_success_or_one_clear_error(const std::string& name, const std::string& text) const {
    folder_.write(name, text);
    try {
      import(folder_.path(sample_.import));
    } catch (const Error& error) {
      const std::string what = error.what();
      const std::string place = folder_.path(name) + ":";
      const bool at_line =
          what.starts_with(place) && what.size() > place.size() && isdigit(what[place.size()]) != 0;
      // Where a format is several files, it may be about another of them, or about what is not there.
      const bool about_files = what.starts_with(folder_.path());
      EXPECT_TRUE(at_line || (about_files && GetParam().recognise != nullptr && !GetParam().general))
          << what << "\nfor " << testing::PrintToString(text);
      EXPECT_EQ(what.find('\n'), std::string::npos) << what;
    }
  }

  SampleFolder folder_;
  Sample sample_;
};

TEST_P(FormatContract, ReadsItsSample) {
  const RecordingSink sink = import(folder_.path(sample_.import));
  // Batches of an API have answers alone.
  EXPECT_GE(sink.verdicts.size() + sink.scores.size() + sink.responses.size(), 2U);
}

TEST_P(FormatContract, TellsThatThereIsNothing) {
  EXPECT_THROW(import(folder_.path("no such thing")), InvalidArgument);
  const SampleFolder empty;
  EXPECT_THROW(import(empty.path()), InvalidArgument);
}

TEST_P(FormatContract, CountsAllBytes) {
  std::size_t size = 0;
  for (const auto& [name, text] : sample_.files) size += text.size();
  std::size_t last = 0;
  std::size_t whole = 0;  // tools with runs are looked at first, some files twice, others not at all
  const Progress progress = [&](std::size_t done, std::size_t total) {
    if (!GetParam().takes.runs) {
      EXPECT_EQ(total, size);
    }
    EXPECT_LE(done, total);
    whole = total;
    EXPECT_GE(done, last);
    last = done;
  };
  RecordingSink sink;
  const std::vector<std::string> paths = {folder_.path(sample_.import)};
  GetParam().read(paths, {}, sink, progress);
  EXPECT_EQ(last, whole);
}

TEST_P(FormatContract, ReadsGzipAsPlain) {
  if (GetParam().by_first_bytes) GTEST_SKIP() << "packed inside; packed again it is refused";
  const RecordingSink plain = import(folder_.path(sample_.import));
  for (const auto& [name, text] : sample_.files) folder_.write(name, gzipped(text));
  const RecordingSink packed = import(folder_.path(sample_.import));
  EXPECT_EQ(plain.queries.size(), packed.queries.size());
  EXPECT_EQ(plain.responses.size(), packed.responses.size());
  EXPECT_EQ(plain.verdicts.size(), packed.verdicts.size());
  EXPECT_EQ(plain.scores.size(), packed.scores.size());
}

TEST_P(FormatContract, RefusesEmptyFiles) {
  for (const auto& [name, text] : sample_.files) {
    if (name == "b/out.jsonl") continue;  // a batch of which nothing was answered
    folder_.write(name, "");
    EXPECT_THROW(import(folder_.path(sample_.import)), Error) << name;
    expect_success_or_one_clear_error(name, "");
    expect_success_or_one_clear_error(name, "\n");
    folder_.write(name, text);
  }
}

TEST_P(FormatContract, SurvivesTruncationAtEveryByte) {
  for (const auto& [name, text] : sample_.files) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      expect_success_or_one_clear_error(name, text.substr(0, size));
    }
    const std::string packed = gzipped(text);
    for (std::size_t size = 3; size < packed.size(); ++size) {
      expect_success_or_one_clear_error(name, packed.substr(0, size));
    }
    folder_.write(name, text);
  }
}

TEST_P(FormatContract, SurvivesChangedBytes) {
  Rng rng(20240229);
  const int rounds = GetParam().by_first_bytes ? 50 : 500;  // a program is started for each
  for (const auto& [name, text] : sample_.files) {
    for (int i = 0; i < rounds; ++i) {
      std::string changed = text;
      for (std::uint64_t n = 1 + rng.below(3); n > 0; --n) {
        changed[rng.below(changed.size())] = static_cast<char>(rng.below(256));
      }
      expect_success_or_one_clear_error(name, changed);
    }
    folder_.write(name, text);
  }
}

/// An option as typed, whether the format takes it, and what was said of files with nothing but it.
struct Option {
  std::string_view name;
  bool taken;
  data::FormatOptions given;
};

std::vector<Option> all_options(const data::TakenOptions& takes) {
  std::vector<Option> all = {
      {"`annotator`", takes.annotator, {}}, {"`judge`", takes.judge, {}},  {"`baseline`", takes.baseline, {}},
      {"`gold`", takes.columns, {}},        {"`task`", takes.columns, {}}, {"`weights`", takes.columns, {}},
      {"`ignore`", takes.own, {}},          {"`model`", takes.own, {}},    {"`prompt`", takes.prompt, {}},
      {"`na`", takes.columns, {}},          {"`errors`", takes.runs, {}},  {"`run`", takes.runs, {}},
      {"`one_game`", takes.one_game, {}}};
  std::string* const texts[] = {&all[0].given.annotator, &all[1].given.judge, &all[2].given.baseline,
                                &all[3].given.gold,      &all[4].given.task,  &all[7].given.model,
                                &all[8].given.prompt};
  for (std::string* text : texts) *text = "x";
  all[5].given.weights = {"x"};
  all[6].given.ignore = {"x"};
  all[9].given.na = {"x"};
  all[10].given.errors_are_wrong = true;
  all[11].given.run = "x";
  all[12].given.one_game = true;
  return all;
}

TEST_P(FormatContract, OptionIsTakenOrRefused) {
  const data::Format& row = GetParam();
  const std::vector<Option> all = all_options(row.takes);
  std::string taken;
  for (const Option& option : all) {
    if (option.taken) taken.append(taken.empty() ? "" : " and ").append(option.name);
  }
  for (const Option& option : all) {
    EXPECT_EQ(error_of([&] { data::check_options(row, option.given); }),
              option.taken ? ""
                           : "format " + std::string(row.name) + " takes no " + std::string(option.name) +
                                 (taken.empty() ? ", and no other option" : "; it takes " + taken));
  }
  EXPECT_NO_THROW(data::check_options(row, {}));
}

INSTANTIATE_TEST_SUITE_P(AllFormats, FormatContract,
                         testing::ValuesIn(data::formats().begin(), data::formats().end()), [](const auto& sample) {
                           std::string name(sample.param.name);
                           std::erase(name, '-');
                           return name;
                         });

TEST(Formats, AreFoundByName) {
  for (const data::Format& row : data::formats()) EXPECT_EQ(data::format(row.name).read, row.read);
  EXPECT_EQ(error_of([] { data::format("alpaca"); }),
            "expected a format (alpaca-eval, arena-hard, mt-bench, inspect, csv, jsonl, parquet, arrow, answers, "
            "battles, "
            "router-bench, llm-router-bench, router-arena, openai-batch, lm-eval, every-eval-ever, helm, "
            "promptfoo, deepeval), came "
            "\"alpaca\"");
}

}  // namespace
}  // namespace assay

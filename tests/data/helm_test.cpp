#include "assay/data/helm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/data/json_reader.h"
#include "assay/data/recognise.h"
#include "tests/data/expected_rows.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RecordingSink import_helm(const std::string& path, const FormatOptions& options = {}) {
  RecordingSink sink;
  const std::vector<std::string> paths = {path};
  read_helm(paths, options, sink, {});
  return sink;
}

std::string spec_of(std::string_view name, std::string_view model = "toy/a",
                    std::string_view method = "generation") {
  return "{\"name\": \"" + std::string(name) + "\", \"adapter_spec\": {\"method\": \"" + std::string(method) +
         "\", \"model\": \"" + std::string(model) +
         "\", \"model_deployment\": \"host/a\"}, \"metric_specs\": [{\"class_name\": \"M\", \"args\": {\"names\": "
         "[\"num_right\"]}}, {\"class_name\": \"N\", \"args\": {}}]}";
}

std::string stat_of(std::string_view name, std::string_view rest) {
  return "{\"name\": {\"name\": \"" + std::string(name) + "\", \"split\": \"test\"}, " + std::string(rest) + "}";
}

std::string stats_of(std::string_view stats, std::string_view id = "id1", std::string_view more = "") {
  return "{\"instance_id\": \"" + std::string(id) + "\", " + std::string(more) +
         "\"train_trial_index\": 0, \"stats\": [" + std::string(stats) + "]}";
}

std::string right(std::string_view mean) { return stat_of("exact_match", "\"mean\": " + std::string(mean)); }

std::string request_of(std::string_view text, std::string_view more = "", std::string_view id = "id1",
                       std::string_view in_instance = "", std::string_view success = "true") {
  return "{\"instance\": {\"input\": {\"text\": \"6 x 7?\"}, \"references\": [{\"output\": {\"text\": \"41\"}, "
         "\"tags\": []}, {\"output\": {\"text\": \"42\"}, \"tags\": [\"correct\"]}], \"split\": \"test\"" +
         std::string(in_instance) + ", \"id\": \"" + std::string(id) + "\"}, \"train_trial_index\": 0" +
         std::string(more) + ", \"result\": {\"success\": " + std::string(success) +
         ", \"completions\": [{\"text\": \"" + std::string(text) +
         "\"}, {\"text\": \"another try\"}], \"request_time\": 0.5, \"request_datetime\": 100}}";
}

void write_run(const SampleFolder& folder, const std::string& at, std::string_view spec, std::string_view stats,
               std::string_view requests) {
  folder.write(at + "/run_spec.json", spec);
  if (!stats.empty()) folder.write(at + "/per_instance_stats.json", "[" + std::string(stats) + "]");
  if (!requests.empty()) {
    folder.write(at + "/scenario_state.json",
                 "{\"adapter_spec\": {}, \"request_states\": [" + std::string(requests) + "]}");
  }
}

RecordingSink helm_run_of(std::string_view stats, std::string_view requests, std::string_view method = "generation",
                          const FormatOptions& options = {}) {
  const SampleFolder folder;
  write_run(folder, "s/sums:model=toy_a", spec_of("sums:model=toy_a", "toy/a", method), stats, requests);
  return import_helm(folder.path(), options);
}

TEST(Helm, RealRunsAreWhatHelmItselfReads) {
  const std::string tools = eval_tools_folder();
  ASSAY_NEED_BENCH_DATA(tools);
  const std::string folder = tools + "/helm/";
  const RecordingSink sink = import_helm(folder + "in");
  const auto task = [](const std::string& run) {
    const std::string name = run.substr(run.rfind('/') + 1);
    return name.substr(0, name.find(",model="));
  };
  const auto rows = expected_rows(folder + "expected.csv");
  for (const auto& row : rows) {
    const std::string query = task(row.at("run")) + "/" + row.at("query_id");
    const double score =
        sink.scores.at({query, row.at("model"), row.at("scorer"), 1, std::stoi(row.at("repeat"))}).value;
    if (row.at("score").empty()) {
      EXPECT_TRUE(std::isnan(score)) << query << row.at("error");
    } else {
      EXPECT_EQ(score, std::stod(row.at("score"))) << query << row.at("scorer");
    }
  }
  EXPECT_EQ(sink.scores.size(), rows.size());
  EXPECT_EQ(sink.queries.size(), 9U);
  std::size_t responses = 0;
  read_json_lines(*open_source(folder + "expected_texts.jsonl", nullptr), [&](const JsonValue& row) {
    if (row.field("repeat").number() != 1 || row.field("completion").number() != 0) return;
    const std::string query =
        task(std::string(row.field("run").string())) + "/" + std::string(row.field("query_id").string());
    const std::string text = sink.queries.at({query, 1}).value.first;
    EXPECT_TRUE(text.starts_with(row.field("input").string()));
    const std::pair key{query, std::string(row.field("model").string())};
    const bool failed = !row.field("error").is_null();
    EXPECT_EQ(sink.responses.contains({key.first, key.second, 1}), !failed);
    if (failed) return;
    ++responses;
    EXPECT_EQ(sink.responses.at({key.first, key.second, 1}).value, row.field("response").string());
    if (row.field("mapped").is_null()) return;
    const std::string label = *sink.labels.at(key).value;
    EXPECT_THAT(text, HasSubstr("\n" + label + ". " + std::string(row.field("mapped").string())));
    const std::string gold = *sink.labels.at({query, ""}).value;
    EXPECT_THAT(text, HasSubstr("\n" + gold + ". "));
    const bool right = label == gold;
    EXPECT_EQ(sink.scores.at({query, key.second, "exact_match", 1, 1}).value, right ? 1 : 0);
  });
  EXPECT_EQ(responses, sink.responses.size());
  EXPECT_EQ(*sink.labels.at({"short:trials=2/id3", ""}).value, "eggs");
  EXPECT_FALSE(sink.labels.contains({"short:trials=2/id1", ""}));  // two right answers
  EXPECT_EQ(sink.took.at({"orchard:method=multiple_choice_joint/id1", "toy/alpha"}).tokens_in, 147);
  EXPECT_EQ(sink.providers.at("toy/beta"), "toy");
  EXPECT_EQ(sink.judges.at("exact_match@5").lower_is_better, false);
}

TEST(Helm, RealRunsAreFoundFromEveryLevelAndRecognised) {
  const std::string tools = eval_tools_folder();
  ASSAY_NEED_BENCH_DATA(tools);
  const std::string run = tools + "/helm/in/runs/toy/short:trials=2,model=toy_beta";
  for (const std::string& path : {tools + "/helm/in/runs/toy", run, run + "/scenario_state.json"}) {
    EXPECT_EQ(recognise(std::vector<std::string>{path}).format->name, "helm");
    EXPECT_EQ(import_helm(path).scores.contains({"short:trials=2/id3", "toy/beta", "f1_score", 1, 2}), true);
  }
  EXPECT_EQ(import_helm(run + "/scenario_state.json").queries.size(), 4U);
}

TEST(Helm, ARefusedRequestIsNoScoreWhateverIsWritten) {
  const std::string requests = request_of("", "", "id1", "", "false");
  RecordingSink sink = helm_run_of(stats_of(right("0.0")), requests);
  EXPECT_TRUE(std::isnan(sink.scores.at({"sums/id1", "toy/a", "exact_match", 1, 1}).value));
  EXPECT_TRUE(sink.responses.empty());
  EXPECT_EQ(sink.notes.at(0).first, "the request failed: no score");
  sink = helm_run_of(stats_of(right("0.0")), requests, "generation", {.errors_are_wrong = true});
  EXPECT_EQ(sink.scores.at({"sums/id1", "toy/a", "exact_match", 1, 1}).value, 0);
}

TEST(Helm, AFailureOfAMetricOfWhichLittleIsGoodIsTheMost) {
  const RecordingSink sink =
      helm_run_of(stats_of(stat_of("toxic_frac", "\"mean\": 0") + "," + stat_of("perplexity", "\"mean\": 0")),
                  request_of("", "", "id1", "", "false"), "generation", {.errors_are_wrong = true});
  EXPECT_EQ(sink.scores.at({"sums/id1", "toy/a", "toxic_frac", 1, 1}).value, 1);
  EXPECT_TRUE(std::isnan(sink.scores.at({"sums/id1", "toy/a", "perplexity", 1, 1}).value));
}

TEST(Helm, ALinkToASuiteIsNoOtherSuite) {
  const SampleFolder folder;
  write_run(folder, "runs/v1/sums:model=toy_a", spec_of("sums:model=toy_a"), stats_of(right("1")),
            request_of("42"));
  std::filesystem::create_directory_symlink("v1", folder.path("runs/latest"));
  EXPECT_TRUE(import_helm(folder.path()).drops.empty());
}

TEST(Helm, ScoresAreWhatIsNoBookKeeping) {
  const RecordingSink sink = helm_run_of(
      stats_of(stat_of("num_right", "\"count\": 2, \"sum\": 3") + "," + stat_of("num_references", "\"mean\": 4") +
               "," + stat_of("bits_per_byte", "\"mean\": 0.25") + "," + stat_of("logprob", "\"mean\": -1") + "," +
               stat_of("jury_score", "\"count\": 0") + "," + stat_of("rubric", "\"mean\": NaN") + "," +
               stat_of("num_prompt_tokens", "\"mean\": 12.0") + "," + stat_of("exact_match@5", "\"mean\": 1")),
      request_of(" 42"));
  std::map<std::string, double> scores;
  for (const auto& [key, entry] : sink.scores) scores[std::get<2>(key)] = entry.value;
  EXPECT_EQ(scores.size(), 5U);
  EXPECT_EQ(scores.at("num_right"), 1.5);
  EXPECT_EQ(scores.at("exact_match@5"), 1);
  EXPECT_TRUE(std::isnan(scores.at("jury_score")));
  EXPECT_TRUE(std::isnan(scores.at("rubric")));
  EXPECT_EQ(sink.judges.at("bits_per_byte").lower_is_better, true);
  EXPECT_EQ(sink.judges.at("exact_match@5").most, 1);
  EXPECT_FALSE(sink.judges.at("jury_score").lower_is_better);
  EXPECT_EQ(sink.took.at({"sums/id1", "toy/a"}).tokens_in, 12);
  EXPECT_EQ(sink.took.at({"sums/id1", "toy/a"}).seconds, 0.5);
  EXPECT_EQ(sink.responses.at({"sums/id1", "toy/a", 1}).value, " 42");
  EXPECT_EQ(*sink.labels.at({"sums/id1", ""}).value, "42");
  EXPECT_FALSE(sink.labels.contains({"sums/id1", "toy/a"}));
}

TEST(Helm, PerturbedInstancesAreQueriesOfTheirOwn) {
  const std::string_view typos =
      "\"perturbation\": {\"name\": \"typos\", \"robustness\": true, \"fairness\": false, \"computed_on\": "
      "\"perturbed\", \"prob\": 0.1, \"names_file_path\": \"/home/me\", \"class\": {\"to\": \"x\"}}";
  const RecordingSink sink =
      helm_run_of(stats_of(right("1")) + "," + stats_of(right("0"), "id1", std::string(typos) + ", "),
                  request_of("42") + "," + request_of("41", "", "id1", ", " + std::string(typos)));
  EXPECT_EQ(sink.scores.at({"sums/id1", "toy/a", "exact_match", 1, 1}).value, 1);
  EXPECT_EQ(sink.scores.at({"sums/id1/typos,prob=0.1,to=x", "toy/a", "exact_match", 1, 1}).value, 0);
  EXPECT_EQ(sink.responses.at({"sums/id1/typos,prob=0.1,to=x", "toy/a", 1}).value, "41");
}

TEST(Helm, MultipleChoiceHasLettersForLabels) {
  RecordingSink sink =
      helm_run_of(stats_of(right("1")), request_of(" B", ", \"output_mapping\": {\"A\": \"41\", \"B\": \"42\"}"),
                  "multiple_choice_joint");
  EXPECT_EQ(sink.queries.at({"sums/id1", 1}).value.first, "6 x 7?\nA. 41\nB. 42");
  EXPECT_EQ(sink.options.at("sums/id1"), 2);
  EXPECT_EQ(*sink.labels.at({"sums/id1", ""}).value, "B");
  EXPECT_EQ(*sink.labels.at({"sums/id1", "toy/a"}).value, "B");
  // Each reference a request of its own: the answer is in the statistics.
  sink = helm_run_of(stats_of(right("0") + "," + stat_of("predicted_index", "\"mean\": 0.0")),
                     request_of("6 x 7? 41", ", \"reference_index\": 0, \"request_mode\": \"original\"") + "," +
                         request_of("6 x 7? 42", ", \"reference_index\": 1, \"request_mode\": \"original\""),
                     "multiple_choice_separate_original");
  EXPECT_EQ(sink.responses.at({"sums/id1", "toy/a", 1}).value, "41");
  EXPECT_EQ(*sink.labels.at({"sums/id1", "toy/a"}).value, "A");
  EXPECT_EQ(*sink.labels.at({"sums/id1", ""}).value, "B");
  EXPECT_EQ(sink.scores.size(), 1U);
  // One of the requests failed.
  sink = helm_run_of(stats_of(right("0")),
                     request_of("41", ", \"reference_index\": 0") + "," +
                         request_of("", ", \"reference_index\": 1", "id1", "", "false"),
                     "multiple_choice_separate_original");
  EXPECT_TRUE(std::isnan(sink.scores.at({"sums/id1", "toy/a", "exact_match", 1, 1}).value));
}

TEST(Helm, TheNewestRunOfAModelAndTaskCounts) {
  const SampleFolder folder;
  const auto write = [&](const std::string& suite, std::string_view mean, std::string_view time) {
    std::string requests = request_of("42");
    requests.replace(requests.find("100"), 3, time);
    write_run(folder, "runs/" + suite + "/sums:model=toy_a", spec_of("sums:model=toy_a"), stats_of(right(mean)),
              requests);
  };
  write("v9", "0.25", "100");
  write("v10", "0.5", "100");
  write("v1", "0.75", "90");
  const auto score = [&](const FormatOptions& options) {
    const RecordingSink sink = import_helm(folder.path(), options);
    EXPECT_EQ(sink.drops.size(), 2U);
    return sink.scores.at({"sums/id1", "toy/a", "exact_match", 1, 1}).value;
  };
  EXPECT_EQ(score({}), 0.5);  // v10 comes after v9
  EXPECT_EQ(score({.run = "v9"}), 0.25);
  EXPECT_THAT(error_of([&] { score({.run = "v7"}); }), HasSubstr("came \"v7\""));
  write("v1", "0.75", "300");
  EXPECT_EQ(score({}), 0.75);
}

TEST(Helm, WithoutTheRequestsTheDisplayFilesAreRead) {
  const SampleFolder folder;
  write_run(folder, "r", spec_of("sums:model=toy_a"), stats_of(right("1")), "");
  folder.write("r/instances.json",
               "[{\"input\": \"6 x 7?\", \"references\": [{\"output\": \"42\", \"tags\": [\"correct\"]}], "
               "\"id\": \"id1\"}]");
  folder.write(
      "r/display_predictions.json",
      "[{\"instance_id\": \"id1\", \"train_trial_index\": 0, \"predicted_text\": \" 42\", \"stats\": {}}]");
  const RecordingSink sink = import_helm(folder.path("r"));
  EXPECT_EQ(sink.queries.at({"sums/id1", 1}).value.first, "6 x 7?");
  EXPECT_EQ(sink.responses.at({"sums/id1", "toy/a", 1}).value, " 42");
  EXPECT_EQ(sink.scores.size(), 1U);
  EXPECT_THAT(sink.notes.at(0).first, HasSubstr("without scenario_state.json"));
}

TEST(Helm, RunsThatWereCutOffAreTold) {
  const SampleFolder folder;
  write_run(folder, "runs/s/a:model=toy_a", spec_of("a:model=toy_a"), "", request_of("42"));
  write_run(folder, "runs/s/b:model=toy_a", spec_of("b:model=toy_a"), "", "");
  const RecordingSink sink = import_helm(folder.path());
  EXPECT_EQ(sink.responses.size(), 1U);
  EXPECT_EQ(sink.drops.at(0).first, "a run folder without results");
  EXPECT_THAT(sink.notes.at(0).first, HasSubstr("without per_instance_stats.json"));
}

TEST(Helm, OtherFoldersAreRefusedAndNotRecognised) {
  const SampleFolder folder;
  const std::string file = folder.write("x/scenario_state.json", "{}");
  EXPECT_THAT(error_of([&] { import_helm(folder.path("x")); }), HasSubstr("came one without any run_spec.json"));
  EXPECT_THAT(error_of([&] { import_helm(file); }), HasSubstr("with run_spec.json beside it"));
  EXPECT_THAT(recognise_helm(folder.path()), IsEmpty());
  EXPECT_THAT(recognise_helm(file), IsEmpty());
  write_run(folder, "y/runs/s/a", spec_of("a"), stats_of(right("yes")), "");
  EXPECT_THAT(recognise_helm(folder.path()), HasSubstr("run_spec.json beside per_instance_stats.json"));
  EXPECT_THAT(error_of([&] { import_helm(folder.path("y")); }),
              HasSubstr("per_instance_stats.json:1: expected JSON"));
}

TEST(Helm, ARunIsNamedByItsTask) {
  const auto task = [](std::string_view name) {
    return read_helm_run_spec(*memory_source("f", spec_of(name))).task;
  };
  EXPECT_EQ(task("mmlu:subject=anatomy,method=x,model=a_b,eval_split=test"),
            "mmlu:subject=anatomy,method=x,eval_split=test");
  EXPECT_EQ(task("gsm:model=a_b,stop=none"), "gsm:stop=none");
  EXPECT_EQ(task("gsm:model=a_b"), "gsm");
  EXPECT_EQ(task("gsm"), "gsm");
}

}  // namespace
}  // namespace assay::data

#include "assay/exports/every_eval_ever.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/version.h"
#include "assay/data/cell_words.h"
#include "assay/exports/output_folder.h"
#include "assay/exports/text_table.h"
#include "assay/report/json.h"

namespace assay::exports {
namespace {

using report::Json;

constexpr const char* kSchema = "0.3.0";
constexpr double kMilliseconds = 1000;  // a second

// What stands for the task of queries without one.
std::string_view task_or_study(std::string_view task) { return task.empty() ? "study" : task; }

// Of a stranger's name, as a part of a path.
std::string folder_name(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                       c == '_' || (c == '.' && !result.empty());
    result += plain ? c : '_';
  }
  return result.empty() ? "_" : result;
}

// The same for the same names: a study that is exported twice gives the same files.
std::string uuid_of(std::string_view task, std::string_view model) {
  const std::string names = fmt::format("{}\n{}", task, model);
  const std::uint64_t high = fnv1a(names);
  const std::uint64_t low = mix64(high + fnv1a(model));
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xFFFFU, high & 0xFFFFU,
                     low >> 48U, low & 0xFFFFFFFFFFFFU);
}

struct Mean {
  double sum = 0;
  std::size_t count = 0;
};

// Rows of a model on a task.
struct Evaluation {
  std::map<std::tuple<std::string, std::string, int>, Json> rows;  ///< By sample, judge and repeat.
  std::map<std::string, Mean> means;                               ///< By judge.
};

class EveryEvalEverWriter final : public Writer {
 public:
  explicit EveryEvalEverWriter(const std::string& path) : folder_(path) {}

  void add(const QueryRecord& record, const Location&, OnConflict) override {
    if (!record.weights.empty()) leave_out("weights of queries");
    if (!record.messages.empty()) leave_out("messages of chats");
    if (record.options > 0) leave_out("numbers of options");
    if (!record.reference.empty()) labels_[{std::string(record.query), {}}] = record.reference;
    if (record.turn > 1) {
      leave_out("turns after the first");
    } else {
      texts_.add(record);
    }
  }
  void add(const ModelRecord& record, const Location&, OnConflict) override {
    if (!record.provider.empty()) providers_[std::string(record.model)] = record.provider;
    if (record.price || record.parameters > 0) leave_out("sizes and prices of models");
  }
  void add(const JudgeRecord& record, const Location&, OnConflict) override {
    judges_[std::string(record.judge)] = record;
  }
  void baseline(std::string_view, const Location&) override { leave_out("declared baselines"); }
  void add(const ResponseRecord& record, const Location&, OnConflict) override {
    if (record.turn > 1) {
      leave_out("turns after the first");
      return;
    }
    texts_.add(record);
    if (record.took.cost) leave_out("costs of responses");
    unscored_.emplace(record.query, record.model);
  }
  void add(const LabelRecord& record, const Location&, OnConflict) override {
    if (record.label) labels_[{std::string(record.query), std::string(record.model)}] = *record.label;
  }
  void add(const VerdictRecord& record, const Location&, OnConflict) override {
    const std::string judge = fmt::format("{} against {}", record.judge, record.opponent);
    judges_.try_emplace(judge, JudgeRecord{{}, false, 0, 1});
    put({record.query, record.model, judge, record.turn, 1, record.value});
  }
  void add(const ScoreRecord& record, const Location&, OnConflict) override { put(record); }

  void finish() override {
    if (evaluations_.empty()) {
      throw InvalidArgument(
          "the study has no scores and no verdicts, and format every-eval-ever holds nothing else; `format` jsonl "
          "writes everything");
    }
    for (const auto& [names, evaluation] : evaluations_) write(names.first, names.second, evaluation);
    for (std::size_t i = 0; i < unscored_.size(); ++i) leave_out("responses without a score");
    folder_.finish();
  }

 private:
  // Its name without that of its task, which an import puts before it again.
  std::string sample_of(std::string_view query, std::string_view task) {
    std::string id(query);
    if (query.size() > task.size() + 1 && query.starts_with(task) && query[task.size()] == '/') {
      id = query.substr(task.size() + 1);
    }
    const auto [known, is_new] = samples_.try_emplace({std::string(task), id}, query);
    return known->second == query ? id : std::string(query);
  }

  std::string_view label(std::string_view query, std::string_view model) const {
    const auto known = labels_.find({std::string(query), std::string(model)});
    return known == labels_.end() ? std::string_view() : known->second;
  }

  void put(const ScoreRecord& record) {
    if (record.turn > 1) {
      leave_out("turns after the first");
      return;
    }
    unscored_.erase({std::string(record.query), std::string(record.model)});
    const std::string_view task = task_or_study(texts_.task(record.query));
    const std::string sample = sample_of(record.query, task);
    Evaluation& evaluation = evaluations_[{std::string(task), std::string(record.model)}];
    evaluation.rows[{sample, std::string(record.judge), record.repeat}] = row_of(record, task, sample);
    if (std::isnan(record.value)) return;
    Mean& mean = evaluation.means[std::string(record.judge)];
    mean.sum += record.value;
    ++mean.count;
  }

  Json row_of(const ScoreRecord& record, std::string_view task, const std::string& sample) const {
    const bool failed = std::isnan(record.value);
    const TextTable::Response* response = texts_.response(record.query, record.model);
    const std::string_view gold = label(record.query, {});
    const std::string_view answer = label(record.query, record.model);
    Json input = Json::object();
    input.set("raw", texts_.prompt(record.query)).set("formatted", Json());
    input.set("reference", gold.empty() ? Json::array() : Json::array().add(gold)).set("choices", Json());
    Json output;
    if (response != nullptr) output = Json::object().set("raw", Json::array().add(response->text));
    Json attribution = Json::array();
    // Where nothing was extracted, readers take the response.
    if (!answer.empty() && (response == nullptr || data::without_blanks(response->text) != answer)) {
      attribution.add(Json::object()
                          .set("turn_idx", 0)
                          .set("source", "output.raw")
                          .set("extracted_value", answer)
                          .set("extraction_method", "unknown")
                          .set("is_terminal", true));
    }
    Json row = Json::object();
    row.set("schema_version", kSchema).set("evaluation_id", evaluation_id(task, record.model));
    row.set("model_id", record.model).set("evaluation_name", task).set("evaluation_result_id", record.judge);
    row.set("sample_id", sample).set("interaction_type", "single_turn").set("input", std::move(input));
    row.set("output", std::move(output)).set("messages", Json()).set("answer_attribution", std::move(attribution));
    row.set("evaluation", Json::object()
                              .set("score", failed ? 0.0 : record.value)
                              .set("is_correct", !failed && record.value == most_of(record.judge)));
    const AnswerCost took = response == nullptr ? AnswerCost() : response->took;
    if (took.tokens_in && took.tokens_out) {
      row.set("token_usage", Json::object()
                                 .set("input_tokens", *took.tokens_in)
                                 .set("output_tokens", *took.tokens_out)
                                 .set("total_tokens", *took.tokens_in + *took.tokens_out));
    }
    if (took.seconds) row.set("performance", Json::object().set("latency_ms", *took.seconds * kMilliseconds));
    row.set("error", failed ? Json("no score") : Json());
    row.set("metadata", Json::object().set("epoch", std::to_string(record.repeat)));
    return row;
  }

  // The score of a right answer.
  double most_of(std::string_view judge) const {
    const auto known = judges_.find(judge);
    return known == judges_.end() || std::isnan(known->second.most) ? 1.0 : known->second.most;
  }

  static std::string evaluation_id(std::string_view task, std::string_view model) {
    return fmt::format("{}/{}/0", task, model);
  }

  Json metric_of(const std::string& judge) const {
    const auto known = judges_.find(judge);
    const JudgeRecord facts = known == judges_.end() ? JudgeRecord{} : known->second;
    Json metric = Json::object();
    metric.set("evaluation_description", judge).set("metric_name", judge);
    metric.set("lower_is_better", facts.lower_is_better.value_or(false)).set("score_type", "continuous");
    metric.set("min_score", std::isnan(facts.least) ? Json("-Infinity") : Json(facts.least));
    metric.set("max_score", std::isnan(facts.most) ? Json("Infinity") : Json(facts.most));
    return metric;
  }

  void write(const std::string& task, const std::string& model, const Evaluation& evaluation) {
    const std::size_t slash = model.find('/');
    const std::string developer = slash == std::string::npos ? "unknown" : model.substr(0, slash);
    const std::string base =
        fmt::format("data/{}/{}/{}/{}", folder_name(task), folder_name(developer),
                    folder_name(model.substr(slash == std::string::npos ? 0 : slash + 1)), uuid_of(task, model));
    Json results = Json::array();
    for (const auto& [judge, mean] : evaluation.means) {
      Json result = Json::object();
      result.set("evaluation_result_id", judge).set("evaluation_name", task);
      result.set("source_data", Json::object().set("dataset_name", task).set("source_type", "other"));
      result.set("metric_config", metric_of(judge));
      result.set("score_details", Json::object()
                                      .set("score", mean.sum / static_cast<double>(mean.count))
                                      .set("uncertainty", Json::object().set("num_samples", mean.count)));
      results.add(std::move(result));
    }
    Json info = Json::object();
    info.set("name", model).set("id", model).set("developer", developer);
    if (const auto provider = providers_.find(model); provider != providers_.end()) {
      info.set("inference_platform", provider->second);
    }
    Json aggregate = Json::object();
    aggregate.set("schema_version", kSchema).set("evaluation_id", evaluation_id(task, model));
    aggregate.set("retrieved_timestamp", "0");
    aggregate.set("source_metadata", Json::object()
                                         .set("source_name", "assay")
                                         .set("source_type", "evaluation_run")
                                         .set("source_organization_name", "unknown")
                                         .set("evaluator_relationship", "other"));
    aggregate.set("eval_library", Json::object().set("name", "assay").set("version", version()));
    aggregate.set("model_info", std::move(info)).set("evaluation_results", std::move(results));
    aggregate.set("detailed_evaluation_results", Json::object()
                                                     .set("format", "jsonl")
                                                     .set("file_path", base + "_samples.jsonl")
                                                     .set("total_rows", evaluation.rows.size()));
    folder_.write(base + ".json", aggregate.pretty());
    std::string lines;
    for (const auto& [key, row] : evaluation.rows) lines += row.compact() + "\n";
    folder_.write(base + "_samples.jsonl", lines);
  }

  OutputFolder folder_;
  TextTable texts_;
  std::map<std::string, std::string> providers_;
  std::map<std::string, JudgeRecord, std::less<>> judges_;
  std::map<std::pair<std::string, std::string>, std::string> labels_;   ///< By query and model.
  std::map<std::pair<std::string, std::string>, std::string> samples_;  ///< Queries by task and sample.
  std::set<std::pair<std::string, std::string>> unscored_;              ///< Queries and models.
  std::map<std::pair<std::string, std::string>, Evaluation> evaluations_;
};

}  // namespace

std::unique_ptr<Writer> make_every_eval_ever_writer(const std::string& path) {
  return std::make_unique<EveryEvalEverWriter>(path);
}

}  // namespace assay::exports

#include "assay/data/helm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/core/error.h"
#include "assay/data/cell_words.h"
#include "assay/data/field_values.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"

namespace assay::data {
namespace {

constexpr int kMaxTrials = 1'000'000;
constexpr int kMaxOptions = 26;

/// "misspelling,prob=0.1": the name of a perturbation with what tells it from others of that name. Which group of
/// perturbations it belongs to does not, and paths are nobody's business.
void append_perturbation(const JsonValue& perturbation, std::string& name) {
  for (const JsonValue part : perturbation.parts()) {
    const std::string_view key = part.key();
    if (key == "name" || key == "robustness" || key == "fairness" || key == "computed_on" || part.is_null() ||
        key.ends_with("path")) {
      continue;
    }
    if (part.kind() == JsonKind::object) {
      append_perturbation(part, name);
    } else {
      name += fmt::format(",{}={}", key, text_of(part));
    }
  }
}

std::string instance_name(std::string_view id, const std::optional<JsonValue>& perturbation) {
  std::string name(id);
  if (!perturbation || perturbation->is_null()) return name;
  name += fmt::format("/{}", perturbation->field("name").name());
  append_perturbation(*perturbation, name);
  return name;
}

/// Of an input or output: {"text": ...}, in old versions the text itself; texts of a list of media.
std::string media_text(const JsonValue& content) {
  if (content.kind() == JsonKind::string) return std::string(content.string());
  std::string text;
  if (const auto plain = known_field(content, "text")) text = plain->string();
  const auto media = known_field(known_field(content, "multimedia_content"), "media_objects");
  if (!text.empty() || !media) return text;
  for (const JsonValue part : media->elements()) {
    if (const auto words = known_field(part, "text"))
      text += fmt::format("{}{}", text.empty() ? "" : "\n", words->string());
  }
  return text;
}

bool is_correct(const JsonValue& reference) {
  const auto tags = known_field(reference, "tags");
  if (!tags) return false;
  for (const JsonValue tag : tags->elements()) {
    if (tag.kind() == JsonKind::string && tag.string() == "correct") return true;
  }
  return false;
}

std::string letter(std::size_t index) { return std::string(1, static_cast<char>('A' + index)); }

/// Whether the model answers with the letters A, B, ... that `mapping` explains.
bool has_letters(const std::optional<JsonValue>& mapping) {
  if (!mapping || mapping->kind() != JsonKind::object || mapping->parts().empty()) return false;
  std::size_t index = 0;
  for (const JsonValue option : mapping->parts()) {
    if (index >= kMaxOptions || option.key() != letter(index)) return false;
    ++index;
  }
  return true;
}

double mean_of(const JsonValue& stat) {
  if (const auto mean = known_field(stat, "mean")) return mean->number();
  const auto sum = known_field(stat, "sum");
  const auto count = known_field(stat, "count");
  const bool some = sum && count && count->number() > 0;
  return some ? sum->number() / count->number() : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

HelmReader::Trial& HelmReader::trial(std::string_view id, const std::optional<JsonValue>& perturbation, int index) {
  std::string name = instance_name(id, perturbation);
  const auto [known, is_new] = places_.try_emplace(fmt::format("{}\n{}", name, index), trials_.size());
  if (is_new) trials_.push_back({.id = std::move(name), .repeat = index + 1});
  return trials_[known->second];
}

/// Place of a metric in `metrics_`; nothing for book-keeping.
std::optional<std::size_t> HelmReader::metric(std::string_view name) {
  const auto known = places_of_metrics_.find(name);
  if (known != places_of_metrics_.end()) return known->second;
  const bool asked = run_.metrics.contains(name) || run_.metrics.contains(name.substr(0, name.find('@')));
  std::optional<std::size_t> place;
  if (asked || helm_metric(name).score) place = metrics_.size();
  if (place) metrics_.emplace_back(name);
  places_of_metrics_.emplace(name, place);
  return place;
}

void HelmReader::read_stats(ByteSource& source) {
  stats_path_ = source.path();
  read_json_rows(source, {}, {.notes = &sink_, .bare_numbers = true}, [&](const JsonValue& row) {
    Trial& of = trial(row.field("instance_id").id(), row.find("perturbation"),
                      row.field("train_trial_index").integer(0, kMaxTrials));
    if (of.line == 0) of.line = row.where().line;
    for (const JsonValue stat : row.field("stats").elements()) take_stat(stat, of);
  });
}

void HelmReader::take_stat(const JsonValue& stat, Trial& of) {
  const JsonValue named = stat.field("name");
  const std::string_view name = named.field("name").name();
  const double value = mean_of(stat);
  if (name == "num_prompt_tokens" && value >= 0) of.took.tokens_in = std::llround(value);
  if (name == "num_output_tokens" && value >= 0) of.took.tokens_out = std::llround(value);
  if (name == "inference_runtime" && value >= 0) of.took.seconds = value;
  if (name == "predicted_index" && value >= 0 && value <= kMaxOptions) of.predicted = static_cast<int>(value);
  const std::optional<std::size_t> place = metric(name);
  if (!place) return;
  for (const auto& [other, score] : of.scores) {
    if (other != *place) continue;
    if (score != value) sink_.drop("a score of a metric that the instance has already", stat.where());
    return;
  }
  of.scores.emplace_back(*place, value);
}

void HelmReader::read_requests(ByteSource& source) {
  constexpr std::string_view kPlace[] = {"request_states"};
  read_json_rows(source, kPlace, {.notes = &sink_, .bare_numbers = true},
                 [&](const JsonValue& state) { take_request(state); });
}

HelmReader::Question HelmReader::question(const JsonValue& instance, const std::optional<JsonValue>& mapping) {
  Question question;
  question.text = media_text(instance.field("input"));
  std::size_t right = 0;
  std::size_t right_index = 0;
  if (const auto references = known_field(instance, "references")) {
    for (const JsonValue reference : references->elements()) {
      if (is_correct(reference)) {
        ++right;
        right_index = question.references.size();
      }
      question.references.push_back(media_text(reference.field("output")));
    }
  }
  std::vector<std::string> offered;
  if (has_letters(mapping)) {
    for (const JsonValue option : mapping->parts()) offered.emplace_back(option.string());
  } else if (run_.method.starts_with("multiple_choice") && question.references.size() <= kMaxOptions) {
    offered = question.references;
  }
  for (std::size_t i = 0; i < offered.size(); ++i) question.text += fmt::format("\n{}. {}", letter(i), offered[i]);
  question.options = static_cast<int>(offered.size());
  if (right > 1) sink_.note("an instance with several right answers: none is kept as its label", instance.where());
  if (right != 1) return question;
  question.gold = question.references[right_index];
  if (offered.empty()) return question;
  // The letters may be in another order than the references.
  const bool same = right_index < offered.size() && offered[right_index] == question.gold;
  const auto place = same ? offered.begin() + static_cast<std::ptrdiff_t>(right_index)
                          : std::find(offered.begin(), offered.end(), question.gold);
  question.gold = place == offered.end() ? "" : letter(static_cast<std::size_t>(place - offered.begin()));
  return question;
}

void HelmReader::take_request(const JsonValue& state) {
  const JsonValue instance = state.field("instance");
  Trial& of = trial(instance.field("id").id(), instance.find("perturbation"),
                    state.field("train_trial_index").integer(0, kMaxTrials));
  const auto result = known_field(state, "result");
  const auto success = known_field(result, "success");
  of.failed = of.failed || !result || (success && !success->boolean());
  // Where each reference is a request of its own, all of them make one answer.
  if (of.answered) return;
  of.answered = true;
  if (const auto split = known_field(instance, "split"); split && split->string() == "valid") {
    sink_.note("an instance of the split valid, which counts here (HELM's own tables count the split test alone)",
               instance.where());
  }
  const auto mapping = known_field(state, "output_mapping");
  const Question asked = question(instance, mapping);
  std::string response;
  std::string prediction;
  bool answered = false;
  if (known_field(state, "reference_index")) {
    const auto predicted = static_cast<std::size_t>(std::max(of.predicted, 0));
    answered = of.predicted >= 0 && predicted < asked.references.size();
    if (answered) response = asked.references[predicted];
    if (answered && asked.options > 0) prediction = letter(predicted);
  } else if (const auto completions = known_field(result, "completions"); completions && !of.failed) {
    for (const JsonValue completion : completions->elements()) {
      response = completion.field("text").string();
      answered = true;
      break;  // the others are further tries, of which metrics @k take the best
    }
    if (asked.options > 0) prediction = without_blanks(response);
  }
  AnswerCost took = of.took;
  if (const auto seconds = known_field(result, "request_time"); seconds && !took.seconds)
    took.seconds = seconds->number();
  if (!std::isfinite(took.seconds.value_or(0))) took.seconds.reset();
  Sample sample{.task = run_.task,
                .id = of.id,
                .model = run_.model,
                .repeat = of.repeat,
                .text = asked.text,
                .options = asked.options,
                .gold = asked.gold,
                .prediction = prediction,
                .took = took};
  if (answered) sample.response = response;
  writer_.add(sample, state.where());
}

void HelmReader::read_instances(ByteSource& source) {
  read_json_rows(source, {}, {.notes = &sink_, .bare_numbers = true}, [&](const JsonValue& instance) {
    const Question asked = question(instance, {});
    const std::string id = instance_name(instance.field("id").id(), instance.find("perturbation"));
    writer_.add({.task = run_.task,
                 .id = id,
                 .model = run_.model,
                 .text = asked.text,
                 .options = asked.options,
                 .gold = asked.gold},
                instance.where());
  });
}

void HelmReader::read_predictions(ByteSource& source) {
  read_json_rows(source, {}, {.notes = &sink_, .bare_numbers = true}, [&](const JsonValue& row) {
    const Trial& of = trial(row.field("instance_id").id(), row.find("perturbation"),
                            row.field("train_trial_index").integer(0, kMaxTrials));
    const std::string query = query_name(run_.task, of.id);
    if (of.repeat > 1) {
      sink_.note("a response of a later repeat, not kept; its scores are", row.where());
    } else {
      const auto text = known_field(row, "predicted_text");
      if (text)
        sink_.add(ResponseRecord{query, run_.model, 1, text->string(), of.took}, row.where(), OnConflict::fail);
    }
  });
}

void HelmReader::write_scores() {
  std::vector<double> worst;
  for (const std::string& name : metrics_) {
    const JudgeRecord judge = helm_metric(name).judge;
    worst.push_back(judge.lower_is_better == true ? judge.most : 0);
  }
  for (const std::string& name : metrics_)
    sink_.add(helm_metric(name).judge, {stats_path_, 0}, OnConflict::keep_first);
  for (const Trial& of : trials_) {
    const Location where{stats_path_, of.line};
    const Sample sample{.task = run_.task, .id = of.id, .model = run_.model, .repeat = of.repeat};
    if (of.failed && of.scores.empty()) sink_.drop("a request that failed and has no scores", where);
    for (const auto& [place, value] : of.scores) {
      const std::string& name = metrics_[place];
      if (of.failed) {
        writer_.error(sample, name, "the request failed", where, worst[place]);
      } else if (!std::isfinite(value)) {
        writer_.error(sample, name, "the metric gave no number", where, worst[place]);
      } else {
        writer_.score(sample, name, value, where);
      }
    }
  }
}

void read_helm(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
               const Progress& progress) {
  const std::vector<HelmRun> runs = find_helm_runs(paths, options, sink);
  std::vector<std::string> files;
  for (const HelmRun& run : runs) {
    for (const char* name : {"per_instance_stats.json", "scenario_state.json"}) {
      if (std::string file = helm_file(run.folder, name); !file.empty()) files.push_back(std::move(file));
    }
  }
  if (files.empty()) {
    throw InvalidArgument("expected HELM runs with per_instance_stats.json or scenario_state.json, came none");
  }
  ReadMeter meter(total_size(files), progress);
  for (const HelmRun& run : runs) {
    const std::string stats = helm_file(run.folder, "per_instance_stats.json");
    const std::string requests = helm_file(run.folder, "scenario_state.json");
    if (stats.empty() && requests.empty()) {
      sink.drop("a run folder without results", {run.folder, 0});
      continue;
    }
    HelmReader reader(run, options, sink);
    if (stats.empty()) {
      sink.note("a run without per_instance_stats.json: its responses have no scores", {run.folder, 0});
    } else {
      reader.read_stats(*open_source(stats, &meter));
    }
    if (!requests.empty()) {
      reader.read_requests(*open_source(requests, &meter));
    } else {
      sink.note(
          "a run without scenario_state.json: requests that failed can't be told, and count as HELM scored them",
          {run.folder, 0});
      if (const std::string file = helm_file(run.folder, "instances.json"); !file.empty()) {
        reader.read_instances(*open_source(file, nullptr));
      }
      if (const std::string file = helm_file(run.folder, "display_predictions.json"); !file.empty()) {
        reader.read_predictions(*open_source(file, nullptr));
      }
    }
    if (!run.provider.empty()) {
      sink.add(ModelRecord{.model = run.model, .provider = run.provider}, {run.folder, 0}, OnConflict::keep_first);
    }
    reader.write_scores();
  }
}

}  // namespace assay::data

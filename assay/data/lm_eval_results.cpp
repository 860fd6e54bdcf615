#include "assay/data/lm_eval_results.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "assay/data/json_reader.h"

namespace assay::data {
namespace {

// What names the model in the arguments of a model class, and in this order: an adapter is more than its base.
constexpr std::string_view kModelArguments[] = {"peft", "delta", "pretrained", "model", "path", "engine"};

std::optional<JsonValue> part_of(const std::optional<JsonValue>& whole, std::string_view key) {
  if (!whole || whole->kind() != JsonKind::object) return std::nullopt;
  return whole->find(key);
}

std::string string_in(const std::optional<JsonValue>& value) {
  return value && value->kind() == JsonKind::string ? std::string(value->string()) : std::string();
}

double number_of(const std::optional<JsonValue>& value) {
  return value && value->kind() == JsonKind::number && std::isfinite(value->number()) ? value->number() : 0;
}

std::string model_told_by(const std::optional<JsonValue>& arguments) {
  if (arguments && arguments->kind() == JsonKind::string) return model_of_arguments(arguments->string());
  for (const std::string_view key : kModelArguments) {
    std::string name = string_in(part_of(arguments, key));
    if (!name.empty()) return name;
  }
  return {};
}

/// Names of old files have the model's arguments with what a file's name may not hold as "__".
std::string as_in_file_names(std::string_view text) {
  std::string name;
  bool forbidden = false;
  for (const char c : text) {
    const bool is = std::string_view("\"<>:/|\\?*[]").find(c) != std::string_view::npos;
    if (!is) name += c;
    if (is && !forbidden) name += "__";
    forbidden = is;
  }
  return name;
}

void take_filters(const JsonValue& config, LmEvalTask& task) {
  const auto list = config.find("filter_list");
  if (!list || list->kind() != JsonKind::array) return;
  for (const JsonValue entry : list->elements()) {
    const std::string name = string_in(part_of(entry, "name"));
    if (!name.empty()) task.filters.push_back(name);
  }
}

void take_direction(std::string_view metric, const std::optional<JsonValue>& higher, LmEvalTask& task) {
  if (higher && higher->kind() == JsonKind::boolean) {
    task.lower_is_better.try_emplace(std::string(metric), !higher->boolean());
  }
}

/// Directions from the configuration, where the file has no list of them.
void take_metrics(const JsonValue& config, LmEvalTask& task) {
  const auto list = config.find("metric_list");
  if (!list || list->kind() != JsonKind::array) return;
  for (const JsonValue entry : list->elements()) {
    take_direction(string_in(part_of(entry, "metric")), part_of(entry, "higher_is_better"), task);
  }
}

/// "strict-match" of "exact_match,strict-match".
void take_filter_of_result(std::string_view key, LmEvalTask& task) {
  const std::size_t comma = key.find(',');
  if (comma == std::string_view::npos) return;
  const std::string filter(key.substr(comma + 1));
  if (std::find(task.filters.begin(), task.filters.end(), filter) == task.filters.end()) {
    task.filters.push_back(filter);
  }
}

void take_tasks(const JsonValue& file, LmEvalResults& results) {
  const JsonValue all = file.field("results");
  if (all.kind() != JsonKind::object) all.reject("an object with a part for each task");
  const auto configs = file.find("configs");
  const auto directions = file.find("higher_is_better");
  for (const JsonValue result : all.parts()) {
    LmEvalTask& task = results.tasks[std::string(result.key())];
    if (const auto higher = part_of(directions, result.key()); higher && higher->kind() == JsonKind::object) {
      for (const JsonValue metric : higher->parts()) take_direction(metric.key(), metric, task);
    }
    if (const auto config = part_of(configs, result.key()); config && config->kind() == JsonKind::object) {
      take_filters(*config, task);
      take_metrics(*config, task);
    }
    if (!task.filters.empty() || result.kind() != JsonKind::object) continue;
    for (const JsonValue score : result.parts()) take_filter_of_result(score.key(), task);
  }
}

}  // namespace

std::string model_of_arguments(std::string_view arguments) {
  for (const std::string_view wanted : kModelArguments) {
    std::string_view rest = arguments;
    while (!rest.empty()) {
      const std::string_view one = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      const std::size_t equals = one.find('=');
      if (equals != std::string_view::npos && one.substr(0, equals) == wanted)
        return std::string(one.substr(equals + 1));
    }
  }
  return {};
}

LmEvalResults read_lm_eval_results(ByteSource& source) {
  LmEvalResults results;
  std::vector<char> buffer;
  read_json_object(source, buffer, {.bare_numbers = true}, [&](const JsonValue& file) {
    take_tasks(file, results);
    const auto config = file.find("config");
    const auto arguments = part_of(config, "model_args");
    results.provider = string_in(file.find("model_source"));
    if (results.provider.empty()) results.provider = string_in(part_of(config, "model"));
    results.model = string_in(file.find("model_name"));
    if (results.model.empty()) results.model = model_told_by(arguments);
    if (results.model.empty()) results.model = results.provider;
    results.model_args = as_in_file_names(string_in(arguments));
    results.parameters = std::max(0.0, number_of(part_of(config, "model_num_parameters")));
    results.date = number_of(file.find("date"));
  });
  return results;
}

}  // namespace assay::data

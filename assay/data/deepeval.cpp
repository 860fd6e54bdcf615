#include "assay/data/deepeval.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <unordered_set>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/data/cell_words.h"
#include "assay/data/field_values.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"
#include "assay/data/natural_order.h"
#include "assay/data/samples.h"

namespace assay::data {
namespace {

bool is_json(std::string_view name) { return without_packing(name).ends_with(".json"); }

std::string stem_of(std::string_view path) {
  std::string name = file_name(std::string(without_packing(path)));
  if (name.ends_with(".json")) name.resize(name.size() - std::string_view(".json").size());
  return name;
}

/// The last run is there once more as latest_run_full.json.
bool is_copy(std::string_view label) { return label.starts_with("latest_run") || label.starts_with(".latest"); }

/// What an object of the user's own says of the model.
std::string model_in(const std::optional<JsonValue>& object) {
  for (const std::string_view key : {"model", "Model", "model_name", "llm"}) {
    const auto value = known_field(object, key);
    const std::string name(without_blanks(value && value->kind() == JsonKind::string ? value->string() : ""));
    if (!name.empty()) return name;
  }
  return {};
}

/// A conversation up to what the model says last, which is the response.
struct Asked {
  std::string text;
  std::optional<std::string> response;
};

Asked asked_in(const JsonValue& test_case) {
  Asked asked;
  if (const auto input = known_field(test_case, "input")) {
    asked.text = text_of(*input);
    if (const auto output = known_field(test_case, "actualOutput")) asked.response = text_of(*output);
    return asked;
  }
  std::string last;
  asked.text = text_of(known_field(test_case, "scenario"));
  const auto turns = known_field(test_case, "turns");
  if (!turns || turns->kind() != JsonKind::array) return asked;
  for (const JsonValue turn : turns->elements()) {
    if (!last.empty()) asked.text += fmt::format("{}{}", asked.text.empty() ? "" : "\n", last);
    const std::string content = text_of(known_field(turn, "content"));
    const std::string role = text_of(known_field(turn, "role"));
    last = fmt::format("{}: {}", role, content);
    asked.response.reset();
    if (role == "assistant") asked.response = content;
  }
  if (!asked.response && !last.empty()) asked.text += fmt::format("{}{}", asked.text.empty() ? "" : "\n", last);
  return asked;
}

void read_cases(ByteSource& source, RecordSink* notes, const std::function<void(const JsonValue& test_case)>& take,
                const std::function<void(const JsonValue& run)>& rest) {
  constexpr std::string_view kPlace[] = {"testCases"};
  bool some = false;
  read_json_rows(
      source, kPlace, {.notes = notes, .bare_numbers = true},
      [&](const JsonValue& test_case) {
        some = true;
        take(test_case);
      },
      [&](const JsonValue& run) {
        const auto conversations = known_field(run, "conversationalTestCases");
        if (!run.find("testCases") && !conversations) run.reject("a test run of DeepEval, with \"testCases\"");
        if (conversations) {
          for (const JsonValue test_case : conversations->elements()) {
            some = true;
            take(test_case);
          }
        }
        if (!some) throw DataError(run.where(), "expected test cases, came a test run without any");
        rest(run);
      });
}

AnswerCost case_cost(const JsonValue& test_case) {
  AnswerCost took;
  took.tokens_in = token_count(known_field(test_case, "inputTokenCount"));
  took.tokens_out = token_count(known_field(test_case, "outputTokenCount"));
  took.cost = micro_dollars(known_field(test_case, "tokenCost"));
  if (const double seconds = score_of(known_field(test_case, "completionTime")); seconds >= 0)
    took.seconds = seconds;
  return took;
}

std::string case_name(const JsonValue& test_case) {
  return std::string(without_blanks(text_of(known_field(test_case, "name"))));
}

/// Names that DeepEval gives by the order of the cases, which says nothing of them.
bool is_numbered(std::string_view name) {
  constexpr std::string_view kStart = "test_case_";
  return name.empty() || (name.starts_with(kStart) &&
                          name.substr(kStart.size()).find_first_not_of("0123456789") == std::string_view::npos);
}

std::uint64_t input_hash(const JsonValue& test_case) {
  return fnv1a(text_of(known_field(test_case, "expectedOutput")), fnv1a("\n", fnv1a(asked_in(test_case).text)));
}

std::vector<std::string> deepeval_files(const std::string& path) {
  require_path(path);
  if (!is_folder(path)) return {path};
  std::vector<std::string> files = files_below(path, is_json);
  std::erase_if(files, [](const std::string& file) { return recognise_deepeval(file).empty(); });
  if (files.empty()) {
    throw InvalidArgument(fmt::format(
        "{}: expected a folder with test runs of DeepEval (test_run_*.json), came one without. DeepEval "
        "writes them where DEEPEVAL_RESULTS_FOLDER says",
        escaped(path)));
  }
  return files;
}

std::uint64_t content_hash(const std::string& path) {
  constexpr std::size_t kChunk = std::size_t{64} << 10U;
  const auto source = open_source(path, nullptr);
  std::vector<char> chunk(kChunk);
  std::uint64_t hash = fnv1a({});
  while (const std::size_t count = source->read(chunk.data(), chunk.size()))
    hash = fnv1a({chunk.data(), count}, hash);
  return hash;
}

}  // namespace

std::string DeepevalRuns::id_of(const JsonValue& test_case) const {
  const std::string name = case_name(test_case);
  const std::uint64_t hash = input_hash(test_case);
  if (is_numbered(name)) return fmt::format("{:016x}", hash);
  return inputs_.at(name).size() == 1 ? name : fmt::format("{}/{:016x}", name, hash);
}

std::string DeepevalRuns::model_of(const JsonValue& test_case, const Run& run) {
  if (!run.model.empty()) return run.model;
  const std::string own = model_in(known_field(test_case, "metadata"));
  return own.empty() ? run.label : own;
}

void DeepevalRuns::add(ByteSource& source, std::string_view label) {
  const std::size_t place = runs_.size();
  runs_.push_back({std::string(label), {}, false});
  std::vector<std::pair<std::string, std::string>> cases;
  read_cases(
      source, nullptr,
      [&](const JsonValue& test_case) {
        look(test_case);
        cases.emplace_back(model_of(test_case, runs_[place]),
                           fmt::format("{}\n{:016x}", case_name(test_case), input_hash(test_case)));
      },
      [&](const JsonValue& run) { runs_[place].model = model_in(known_field(run, "hyperparameters")); });
  for (auto& [model, id] : cases) {
    places_[{runs_[place].model.empty() ? model : runs_[place].model, id}].insert(place);
  }
}

void DeepevalRuns::look(const JsonValue& test_case) {
  inputs_[case_name(test_case)].insert(input_hash(test_case));
  const auto metrics = known_field(test_case, "metricsData");
  if (!metrics) return;
  for (const JsonValue one : metrics->elements()) {
    Metric& metric = metrics_[std::string(one.field("name").name())];
    const double score = score_of(known_field(one, "score"));
    const double threshold = score_of(known_field(one, "threshold"));
    const double success = score_of(known_field(one, "success"));
    metric.outside = metric.outside || score < 0 || score > 1;
    if (std::isnan(success)) continue;
    const bool passed = success == 1;
    if (score > threshold) (passed ? metric.higher : metric.lower) = true;
    if (score < threshold) (passed ? metric.lower : metric.higher) = true;
  }
}

void DeepevalRuns::settle(const FormatOptions& options) {
  bool named = options.run.empty();
  for (Run& run : runs_) {
    run.wanted = !options.run.empty() && run.label.find(options.run) != std::string::npos;
    named = named || run.wanted;
  }
  if (!named) {
    throw InvalidArgument(
        fmt::format("expected `run` to be a part of a test run's file name, came {}", quoted(options.run)));
  }
  for (const auto& [place, runs] : places_) {
    counts_[place] = *std::max_element(runs.begin(), runs.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(runs_[a].wanted, a) < std::pair(runs_[b].wanted, b);
    });
  }
  places_.clear();
}

void DeepevalRuns::read(ByteSource& source, std::size_t file, const FormatOptions& options,
                        RecordSink& sink) const {
  const Run& run = runs_[file];
  SampleWriter writer(options, sink);
  std::map<std::pair<std::string, std::string>, int> repeats;
  const auto take = [&](const JsonValue& test_case) {
    const std::string model = model_of(test_case, run);
    const std::string id = id_of(test_case);
    const std::string key = fmt::format("{}\n{:016x}", case_name(test_case), input_hash(test_case));
    const Location where = test_case.where();
    const auto counts = counts_.find({model, key});
    if (counts == counts_.end()) test_case.reject("the test cases of before: the file has changed");
    if (counts->second != file) {
      sink.drop("a test case of a model that has a newer run (`run` picks another)", where);
      return;
    }
    const Asked asked = asked_in(test_case);
    const std::string gold = text_of(known_field(test_case, "expectedOutput"));
    Sample sample{.task = {},
                  .id = id,
                  .model = model,
                  .repeat = ++repeats[{model, id}],
                  .text = asked.text,
                  .gold = gold,
                  .took = case_cost(test_case)};
    if (asked.response) sample.response = *asked.response;
    writer.add(sample, where);
    const auto metrics = known_field(test_case, "metricsData");
    if (!metrics) return;
    std::map<std::string, int> names;
    for (const JsonValue one : metrics->elements()) {
      std::string name(one.field("name").name());
      const int twin = ++names[name];
      if (twin > 1) name += fmt::format(" #{}", twin);
      const double score = score_of(known_field(one, "score"));
      if (known_field(one, "error") || std::isnan(score)) {
        writer.error(sample, name, known_field(one, "error") ? "the metric failed" : "the metric gave no score",
                     one.where());
      } else {
        writer.score(sample, name, score, one.where());
      }
    }
  };
  read_cases(source, &sink, take, [&](const JsonValue& whole) {
    for (const auto& [name, metric] : metrics_) {
      JudgeRecord judge{.judge = name};
      // Of bias, toxicity and hallucination little is good: their threshold is the most that passes.
      const bool known = name == "Bias" || name == "Toxicity" || name == "Hallucination";
      judge.lower_is_better = metric.lower != metric.higher ? metric.lower : known;
      if (!metric.outside) judge.least = 0;
      if (!metric.outside) judge.most = 1;
      sink.add(judge, whole.where(), OnConflict::keep_first);
    }
  });
}

void read_deepeval(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                   const Progress& progress) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    for (std::string& file : deepeval_files(path)) files.push_back(std::move(file));
  }
  if (files.empty()) throw InvalidArgument("expected test runs of DeepEval, came none");
  // Their names tell their time; the copy of the last run comes first, so that the run itself counts.
  std::sort(files.begin(), files.end(), [](const std::string& a, const std::string& b) {
    const std::string first = stem_of(a);
    const std::string second = stem_of(b);
    if (is_copy(first) != is_copy(second)) return is_copy(first);
    return first == second ? a < b : natural_before(first, second);
  });
  std::unordered_set<std::uint64_t> contents;
  std::vector<std::string> read;
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    if (contents.insert(content_hash(*file)).second) {
      read.push_back(*file);
    } else if (!is_copy(stem_of(*file))) {
      sink.drop("a file with the same test run as another", {*file, 0});
    }
  }
  std::reverse(read.begin(), read.end());
  ReadMeter meter(2 * total_size(read), progress);
  DeepevalRuns runs;
  for (const std::string& file : read) runs.add(*open_source(file, &meter), stem_of(file));
  runs.settle(options);
  for (std::size_t i = 0; i < read.size(); ++i) runs.read(*open_source(read[i], &meter), i, options, sink);
}

std::string recognise_deepeval(const std::string& path) {
  if (is_folder(path)) {
    constexpr std::size_t kMost = 50;  // files that are looked into
    std::size_t count = 0;
    for (const std::string& file : files_below(path, is_json)) {
      if (std::string what = recognise_deepeval(file); !what.empty())
        return fmt::format("{} is {}", file_name(file), what);
      if (++count == kMost) break;
    }
    return {};
  }
  if (!is_json(path)) return {};
  const std::string start = file_start(path);
  const auto has = [&](std::string_view key) {
    return start.find(fmt::format("\"{}\"", key)) != std::string::npos;
  };
  const bool cases =
      has("testCases") && (has("actualOutput") || has("metricsData") || has("conversationalTestCases"));
  return cases || (has("conversationalTestCases") && has("metricsData")) ? "a test run of DeepEval" : "";
}

}  // namespace assay::data

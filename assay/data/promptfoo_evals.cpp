#include "assay/data/promptfoo_evals.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/data/cell_words.h"
#include "assay/data/field_values.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"

namespace assay::data {
namespace {

constexpr int kMaxPlace = std::numeric_limits<int>::max();
constexpr std::size_t kLongestLabel = 60;

// promptfoo adds these while it runs, so that they differ from row to row.
bool is_runtime_variable(std::string_view name) { return name.starts_with('_') || name == "sessionId"; }

/// In the order of their names, which another row may have otherwise.
std::map<std::string, std::string> variables_of(const std::optional<JsonValue>& variables) {
  std::map<std::string, std::string> values;
  if (!variables || variables->kind() != JsonKind::object) return values;
  for (const JsonValue value : variables->parts()) {
    if (!is_runtime_variable(value.key())) values.emplace(value.key(), text_of(value));
  }
  return values;
}

std::string key_text(const std::optional<JsonValue>& variables) {
  std::string text;
  for (const auto& [name, value] : variables_of(variables)) text += fmt::format("{}\x1f{}\x1e", name, value);
  return text;
}

/// The last part of a path, in each word.
std::string without_folders(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const std::size_t slash = word.find_last_of("/\\");
    result += slash == std::string_view::npos ? word : word.substr(slash + 1);
    if (end < text.size()) result += ' ';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

/// One line, and not too long to be a part of a name.
std::string short_label(std::string_view label) {
  std::string text;
  for (const char c : without_blanks(label)) {
    const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!blank) {
      text += c;
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
  }
  if (text.size() <= kLongestLabel) return text;
  std::size_t end = kLongestLabel;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

}  // namespace

void read_promptfoo_rows(ByteSource& source, RecordSink* notes,
                         const std::function<void(const JsonValue& row)>& take,
                         const std::function<void(const JsonValue& object)>& rest) {
  constexpr std::string_view kPlace[] = {"results", "results"};
  if (without_packing(source.path()).ends_with(".jsonl")) {
    read_json_lines(source, notes, take);
  } else {
    read_json_rows(source, kPlace, {.notes = notes}, take, rest);
  }
}

std::string promptfoo_variables(const JsonValue& row) {
  const std::map<std::string, std::string> values = variables_of(known_field(row, "vars"));
  if (values.size() == 1) return values.begin()->second;
  std::string text;
  for (const auto& [name, value] : values) text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", name, value);
  return text;
}

std::string_view promptfoo_prompt(const JsonValue& row) {
  const auto raw = known_field(known_field(row, "prompt"), "raw");
  if (!raw || raw->kind() != JsonKind::string || raw->string() == "[prompt stripped]") return {};
  return raw->string();
}

std::string promptfoo_provider(std::string_view id) {
  id = without_blanks(id);
  const std::size_t address = std::min(id.find("://"), id.size());
  const bool file = id.starts_with("file:");
  if (address < id.size() && !file) {
    std::string_view rest = id.substr(address + 3);
    rest = rest.substr(0, rest.find_first_of("?#"));
    const std::size_t host = std::min(rest.find('/'), rest.size());
    const std::size_t user = rest.substr(0, host).rfind('@');
    if (user != std::string_view::npos) rest.remove_prefix(user + 1);
    return fmt::format("{}{}", id.substr(0, address + 3), rest);
  }
  for (const std::string_view kind : {"file:", "python:", "javascript:", "golang:", "ruby:", "exec:", "script:"}) {
    if (id.starts_with(kind)) {
      return fmt::format("{}{}", kind, without_blanks(without_folders(id.substr(kind.size()))));
    }
  }
  const bool path = id.starts_with('/') || id.starts_with("./") || id.starts_with("../");
  return path ? without_folders(id) : std::string(id);
}

void PromptfooEvals::add(ByteSource& source, std::string_view label) {
  File& file = files_.emplace_back();
  file.path = source.path();
  file.label = label;
  std::map<std::pair<std::string, Prompt>, std::vector<int>> twins;
  std::size_t known = 0;
  std::size_t count = 0;
  read_promptfoo_rows(
      source, nullptr,
      [&](const JsonValue& row) {
        ++count;
        const auto id = known_field(row, "id");
        if (id && id->kind() == JsonKind::string && !ids_.insert(fnv1a(id->string())).second) ++known;
        take(row, file, twins);
      },
      [&](const JsonValue& object) {
        if (const auto id = known_field(object, "evalId")) file.label += "\n" + text_of(*id);
        const auto time = known_field(known_field(object, "results"), "timestamp");
        const auto made = known_field(known_field(object, "metadata"), "evaluationCreatedAt");
        file.time = time ? text_of(*time) : text_of(made);
      });
  if (count == 0) {
    throw DataError({file.path, 0},
                    "expected rows in \"results\", came none; `promptfoo eval -o output.json` writes them");
  }
  file.again = known == count;
}

void PromptfooEvals::take(const JsonValue& row, File& file,
                          std::map<std::pair<std::string, Prompt>, std::vector<int>>& twins) {
  const JsonValue provider = row.field("provider");
  const bool named = provider.kind() == JsonKind::object;
  std::string id = text_of(named ? known_field(provider, "id") : provider);
  const std::string label = named ? text_of(known_field(provider, "label")) : std::string();
  id = promptfoo_provider(id);
  std::string name = without_blanks(label).empty() ? id : promptfoo_provider(label);
  if (name.empty()) provider.reject("a provider with an id or a label");
  const auto prompt_record = known_field(row, "prompt");
  const Prompt prompt{text_of(known_field(prompt_record, "label")), text_of(known_field(row, "promptId"))};
  const auto index = known_field(row, "promptIdx");
  std::vector<int>& same = twins[{name, prompt}];
  const int prompt_index = index ? index->integer(0, kMaxPlace) : 0;
  auto twin = std::find(same.begin(), same.end(), prompt_index);
  if (twin == same.end()) twin = same.insert(same.end(), prompt_index);
  const auto [system, is_new] = system_keys_.try_emplace(
      SystemKey{std::move(name), prompt, static_cast<int>(twin - same.begin())}, system_of_.size());
  if (is_new) {
    system_of_.push_back(system->first);
    const std::size_t colon = id.find(':');
    const bool address = id.find("://") != std::string::npos;
    const bool program = id.starts_with("exec:") || id.starts_with("python:") || id.starts_with("file:");
    providers_.push_back(colon == std::string::npos || address || program ? "" : id.substr(0, colon));
  }

  const auto test_case = known_field(row, "testCase");
  const std::string_view raw = promptfoo_prompt(row);
  const auto place = known_field(row, "testIdx");
  const int test_index = place ? place->integer(0, kMaxPlace) : static_cast<int>(file.sights.size());
  const auto variables = known_field(row, "vars");
  std::string key = key_text(variables ? variables : known_field(test_case, "vars"));
  key += fmt::format("{}\x1e{}", text_of(known_field(test_case, "description")),
                     text_of(known_field(test_case, "metadata")));
  if (!variables && raw.empty()) key += fmt::format("\x1e{}", test_index);  // nothing else tells the tests apart
  const std::uint64_t hash = fnv1a(key);
  const auto [known, is_new_key] = keys_.try_emplace(hash, KeyState{.text = fnv1a(raw), .asserts = {}});
  if (known->second.text != fnv1a(raw)) known->second.one_text = false;
  const std::uint64_t asserts = fnv1a(text_of(known_field(test_case, "assert")));
  const auto [test, is_new_test] = known->second.asserts.try_emplace(asserts, tests_.size());
  if (is_new_test) tests_.push_back({.key = hash, .number = known->second.asserts.size()});
  file.sights.push_back({system->second, test->second, test_index});
}

void PromptfooEvals::name_systems() {
  std::map<Prompt, std::string> prompts;
  std::map<std::string, int> labels;
  for (const SystemKey& key : system_of_) {
    const auto [known, is_new] = prompts.try_emplace(key.prompt);
    if (!is_new) continue;
    known->second = short_label(key.prompt.first);
    const int twin = ++labels[known->second];
    if (twin > 1) known->second += fmt::format(" #{}", twin);
  }
  for (std::size_t i = 0; i < system_of_.size(); ++i) {
    const SystemKey& key = system_of_[i];
    std::string name = key.provider;
    if (prompts.size() > 1) name += fmt::format(" [{}]", prompts.at(key.prompt));
    if (key.twin > 0) name += fmt::format(" #{}", key.twin + 1);
    systems_.push_back({std::move(name), providers_[i]});
  }
}

// Repeats have a place of their own in the list of tests, and no number.
void PromptfooEvals::number_repeats(File& file) {
  std::vector<std::size_t> order(file.sights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return file.sights[a].place < file.sights[b].place; });
  file.rows.resize(order.size());
  std::map<std::pair<std::size_t, std::size_t>, int> repeats;
  for (const std::size_t i : order) {
    const Sight& sight = file.sights[i];
    file.rows[i] = {sight.system, sight.test, ++repeats[{sight.system, sight.test}], true};
  }
}

void PromptfooEvals::settle(const FormatOptions& options, RecordSink& sink) {
  name_systems();
  for (PromptfooTest& test : tests_) test.one_text = keys_.at(test.key).one_text;
  bool named = options.run.empty();
  for (File& file : files_) {
    file.wanted = !options.run.empty() && file.label.find(options.run) != std::string::npos;
    named = named || file.wanted;
  }
  if (!named) {
    throw InvalidArgument(
        fmt::format("expected `run` to be a part of a file's name or of its evalId, came {}", quoted(options.run)));
  }
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> best;  // system and test: the file that counts
  const auto rank = [&](std::size_t i) { return std::tie(files_[i].wanted, files_[i].time); };
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].again) {
      sink.drop("a file with the same evaluation as another", {files_[i].path, 0});
      continue;
    }
    number_repeats(files_[i]);
    for (const Sight& sight : files_[i].sights) {
      const auto [known, is_new] = best.try_emplace({sight.system, sight.test}, i);
      if (!is_new && rank(known->second) <= rank(i)) known->second = i;
    }
  }
  for (std::size_t i = 0; i < files_.size(); ++i) {
    for (PromptfooRow& row : files_[i].rows) row.counts = best.at({row.system, row.test}) == i;
    files_[i].sights = {};
  }
}

}  // namespace assay::data

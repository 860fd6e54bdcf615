#include "assay/data/batch_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/field_values.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"

namespace assay::data {
namespace {

/// What the start of a file tells. Only whole lines of it count.
struct BatchPeek {
  std::string path;
  std::vector<std::string> ids;
  std::string model;  // that was asked or that answered; of the first line which tells
};

BatchPeek peek_batch_file(const std::string& path) {
  constexpr std::size_t kPeeked = std::size_t{256} << 10U;
  std::string start = file_start(path, kPeeked);
  if (start.size() == kPeeked) start.resize(start.rfind('\n') == std::string::npos ? 0 : start.rfind('\n'));
  BatchPeek peek{path, {}, {}};
  if (start.empty()) return peek;
  read_json_lines(*memory_source(path, start), [&](const JsonValue& row) {
    peek.ids.push_back(text_of(row.find("custom_id")));
    auto body = known_field(row, "body");
    if (!body) body = known_field(known_field(row, "response"), "body");
    if (peek.model.empty()) peek.model = text_of(known_field(body, "model"));
  });
  return peek;
}

/// The file's name without endings and without the words that tell input from output: "a" of "output_a.jsonl".
std::string batch_name(const std::string& path) {
  std::string name = ascii_lower(without_packing(file_name(path)));
  for (const std::string_view ending : {".jsonl", ".json"}) {
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  }
  constexpr std::array<std::string_view, 11> kParts = {"input",    "output",    "error",  "errors",
                                                       "requests", "request",   "result", "results",
                                                       "response", "responses", "batch"};
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (c == '_' || c == '-' || c == '.' || c == ' ') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  std::erase_if(words, [&](const std::string& word) {
    return word.empty() || std::find(kParts.begin(), kParts.end(), word) != kParts.end();
  });
  return fmt::format("{}", fmt::join(words, "_"));
}

/// Ids of files that a batch object names together: its own, and those of input, output and errors.
using BatchIds = std::vector<std::string>;

std::optional<BatchIds> batch_object(const std::string& path) {
  if (!without_packing(path).ends_with(".json")) return std::nullopt;
  const std::string start = file_start(path);
  if (start.find("\"input_file_id\"") == std::string::npos) return std::nullopt;
  BatchIds ids;
  std::vector<char> buffer;
  read_json_object(*open_source(path, nullptr), buffer, JsonRules{}, [&](const JsonValue& batch) {
    for (const char* key : {"id", "input_file_id", "output_file_id", "error_file_id"}) {
      std::string id = text_of(known_field(batch, key));
      if (!id.empty()) ids.push_back(std::move(id));
    }
  });
  return ids;
}

bool names_file(const BatchIds& ids, const std::string& path) {
  const std::string name = file_name(path);
  return std::any_of(ids.begin(), ids.end(),
                     [&](const std::string& id) { return name.find(id) != std::string::npos; });
}

/// "gpt-x-2026-05-01" answers for gpt-x.
bool answers_for(std::string_view answered, std::string_view asked) { return answered.starts_with(asked); }

using Candidates = std::vector<const BatchPeek*>;

/// Those of `all` for which `fits`, if there are some; else all.
template <typename Fits>
Candidates narrowed(const Candidates& all, const Fits& fits) {
  Candidates some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some), [&](const BatchPeek* one) { return fits(*one); });
  return some.empty() ? all : some;
}

bool asked_for(const BatchPeek& input, const BatchPeek& reply) {
  const std::set<std::string_view> ids(input.ids.begin(), input.ids.end());
  return std::any_of(reply.ids.begin(), reply.ids.end(), [&](const std::string& id) { return ids.contains(id); });
}

/// The input that `reply` answers, by one clue after the other.
const BatchPeek* input_of(const BatchPeek& reply, const std::vector<BatchPeek>& inputs,
                          const std::vector<BatchIds>& objects) {
  Candidates left;
  for (const BatchPeek& input : inputs) left.push_back(&input);
  if (!reply.model.empty()) {
    left = narrowed(left, [&](const BatchPeek& input) { return answers_for(reply.model, input.model); });
    std::size_t longest = 0;  // "m-mini-2026" answers for m-mini rather than for m
    for (const BatchPeek* input : left) longest = std::max(longest, input->model.size());
    left = narrowed(left, [&](const BatchPeek& input) { return input.model.size() == longest; });
  }
  left = narrowed(left, [&](const BatchPeek& input) { return asked_for(input, reply); });
  if (left.size() > 1) {
    left = narrowed(left, [&](const BatchPeek& input) {
      return std::any_of(objects.begin(), objects.end(), [&](const BatchIds& ids) {
        return names_file(ids, input.path) && names_file(ids, reply.path);
      });
    });
  }
  if (left.size() > 1) {
    const std::string name = batch_name(reply.path);
    left = narrowed(left, [&](const BatchPeek& input) { return batch_name(input.path) == name; });
  }
  return left.size() == 1 ? left.front() : nullptr;
}

/// The batches of the files in one folder.
std::vector<BatchFiles> batches_among(const std::string& folder) {
  std::vector<BatchPeek> inputs;
  std::vector<BatchPeek> replies;
  std::vector<BatchIds> objects;
  for (const std::string& name : folder_names(folder)) {
    const std::string path = join_path(folder, name);
    if (!is_plain_file(path)) continue;  // reading a pipe may never end
    if (auto ids = batch_object(path)) {
      objects.push_back(std::move(*ids));
      continue;
    }
    const BatchPart part = batch_part(path);
    if (part == BatchPart::input) inputs.push_back(peek_batch_file(path));
    if (part == BatchPart::reply) replies.push_back(peek_batch_file(path));
  }
  if (inputs.empty() && !replies.empty()) {
    throw InvalidArgument(
        fmt::format("{}: expected the batch's input file beside it, came none; the prompts are only there",
                    escaped(replies.front().path)));
  }
  std::vector<BatchFiles> batches;
  for (const BatchPeek& input : inputs) batches.push_back({input.path, {}});
  for (const BatchPeek& reply : replies) {
    const BatchPeek* input = input_of(reply, inputs, objects);
    if (input == nullptr) {
      throw InvalidArgument(fmt::format(
          "{}: expected a file that answers one input, came one that may answer several; put each input and its "
          "answers into a folder of their own, or give them names as input_a.jsonl, output_a.jsonl",
          escaped(reply.path)));
    }
    batches[static_cast<std::size_t>(input - inputs.data())].replies.push_back(reply.path);
  }
  return batches;
}

void collect_folders(const std::string& folder, int depth, std::vector<std::string>& folders) {
  constexpr int kDeepest = 12;
  folders.push_back(folder);
  for (const std::string& name : folder_names(folder)) {
    const std::string path = join_path(folder, name);
    if (depth < kDeepest && is_folder(path)) collect_folders(path, depth + 1, folders);
  }
}

}  // namespace

BatchPart batch_part(const std::string& path) {
  const std::string start = file_start(path);
  const std::string_view line = std::string_view(start).substr(0, start.find('\n'));
  const auto has = [&](std::string_view key) { return line.find(key) != std::string_view::npos; };
  if (!line.starts_with('{') || !has("\"custom_id\"")) return BatchPart::none;
  // A reply may quote a request, so it is looked for first.
  if (has("\"response\"") || has("\"error\"")) {
    const std::size_t response = line.find("\"response\"");
    const std::size_t body = line.find("\"body\"");
    if (!has("\"url\"") || response < body) return BatchPart::reply;
  }
  return has("\"body\"") && has("\"url\"") ? BatchPart::input : BatchPart::none;
}

std::vector<BatchFiles> find_batches(std::span<const std::string> paths) {
  std::vector<BatchFiles> found;
  std::set<std::string> inputs;
  for (const std::string& path : paths) {
    require_path(path);
    std::vector<std::string> folders;
    if (is_folder(path)) {
      collect_folders(path, 0, folders);
    } else {
      folders.push_back(parent_folder(path));
    }
    bool any = false;
    for (const std::string& folder : folders) {
      for (BatchFiles& batch : batches_among(folder)) {
        const auto is_given = [&](const std::string& file) { return file_name(file) == file_name(path); };
        const bool given = is_folder(path) || is_given(batch.input) ||
                           std::any_of(batch.replies.begin(), batch.replies.end(), is_given);
        if (!given) continue;
        any = true;
        if (inputs.insert(batch.input).second) found.push_back(std::move(batch));
      }
    }
    if (!any) {
      throw InvalidArgument(escaped(path) +
                            ": expected a batch's input and output files (.jsonl with custom_id), came none");
    }
  }
  return found;
}

}  // namespace assay::data

#include "assay/data/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/battles.h"
#include "assay/data/csv.h"
#include "assay/data/file_list.h"
#include "assay/data/jsonl.h"
#include "assay/data/own_look.h"

namespace assay::data {
namespace {

constexpr std::array<std::string_view, 4> kEndings = {".jsonl", ".json", ".csv", ".tsv"};
/// Names of files that are no models'.
constexpr std::array<std::string_view, 16> kNoModels = {
    "answers", "answer", "responses", "response", "outputs", "output",    "results",     "result",
    "data",    "test",   "eval",      "prompts",  "queries", "questions", "predictions", "completions"};

struct AnswerFile {
  std::string path;
  OwnContent content;
  std::string model;  ///< Empty: its rows tell, or it holds prompts alone.
};

std::string model_of_file(const std::string& file) {
  std::string name(without_packing(file));
  for (const std::string_view ending : kEndings) {
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  }
  return name;
}

/// "org/model" of org/model.jsonl and of org/model/answers.jsonl, below `folder`; empty if only answers.jsonl is
/// left.
std::string model_of_file(const std::string& folder, const std::string& path) {
  std::vector<std::string> names = folder.empty() ? std::vector{file_name(path)} : names_below(folder, path);
  names.back() = model_of_file(names.back());
  if (std::ranges::find(kNoModels, ascii_lower(names.back())) != kNoModels.end()) names.pop_back();
  return joined_names(names);
}

/// Files at `path`; those of a folder that are no rows of one's own are told and left out.
std::vector<AnswerFile> answer_files(const std::string& path, const FormatOptions& options, RecordSink& sink) {
  require_path(path);
  const std::string folder = is_folder(path) ? path : "";
  std::vector<AnswerFile> files;
  for (const std::string& file : folder.empty() ? std::vector{path} : files_ending(folder, kEndings)) {
    files.push_back({file, own_content(own_look(file)), {}});
  }
  if (files.empty()) {
    throw InvalidArgument(
        fmt::format("{}: expected files of answers (.jsonl, .json, .csv, .tsv; also .gz and .zst), came a folder "
                    "without; a row needs a prompt or an id, and a response",
                    escaped(path)));
  }
  // In a folder `answer` is what the models answered, if no file has another name for it.
  const bool by_answer =
      !folder.empty() && std::ranges::none_of(files, [](const AnswerFile& file) { return file.content.answers; });
  for (AnswerFile& file : files) {
    const OwnContent& content = file.content;
    const bool has_answers =
        content.answers || (content.answer && by_answer) || (folder.empty() && !options.model.empty());
    if (content.model || content.ours || content.battles || !has_answers) continue;
    file.model = options.model.empty() ? model_of_file(folder, file.path) : options.model;
    if (file.model.empty()) {
      throw DataError({file.path, 1},
                      "expected to know whose answers these are, came a file whose name does not tell; "
                      "say `model` NAME, or name the file after its model");
    }
    if (options.model.empty()) {
      sink.note(fmt::format("model {}: called as its file", quoted(file.model)), {file.path, 1});
    }
  }
  return files;
}

}  // namespace

void read_answers(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                  const Progress& progress) {
  std::vector<AnswerFile> files;
  std::vector<std::string> all;
  for (const std::string& path : paths) {
    for (AnswerFile& file : answer_files(path, options, sink)) {
      all.push_back(file.path);
      files.push_back(std::move(file));
    }
  }
  // Somebody's answers are to be read: `answer` is not the right one then.
  const auto says_whose = [](const AnswerFile& file) {
    return !file.model.empty() || file.content.model || file.content.answers || !file.content.answer;
  };
  if (std::ranges::none_of(files,
                           [](const AnswerFile& file) { return !file.model.empty() || file.content.model; })) {
    const auto open = std::ranges::find_if_not(files, says_whose);
    if (open != files.end()) {
      throw DataError({open->path, 1},
                      "expected to know whose \"answer\" is, came nothing that tells; say `model` NAME, or "
                      "`ignore` answer where it is the right answer");
    }
  }
  // Prompts first: they may have the ids of prompts that stand beside the answers without.
  std::stable_partition(files.begin(), files.end(), [](const AnswerFile& file) { return file.model.empty(); });
  ReadMeter meter(total_size(all), progress);
  FormatOptions without_model = options;
  without_model.model = {};
  OwnRowWriter writer(without_model, sink);
  for (const AnswerFile& file : files) {
    writer.set_model(file.model);
    const char begin = first_character(*open_source(file.path, nullptr));
    const auto source = open_source(file.path, &meter);
    if (begin == '{' || begin == '[') {
      read_jsonl_file(*source, begin, writer);
    } else {
      read_csv_table(*source, writer);
    }
  }
}

std::string recognise_answers(const std::string& path) {
  if (is_file(path)) {
    const OwnContent content = own_content(own_look(path));
    const bool answers = content.answers && !content.model && !content.ours && !content.battles;
    return answers ? "answers without the name of a model" : "";
  }
  if (!is_folder(path)) return {};
  constexpr std::size_t kLookedAtFiles = 100;
  bool answers = false;
  const std::vector<std::string> files = files_ending(path, kEndings);
  for (std::size_t i = 0; i < std::min(files.size(), kLookedAtFiles); ++i) {
    const OwnContent content = own_content(own_look(files[i]));
    if (content.battles || !(content.ours || content.answers || content.answer || content.prompts)) return {};
    answers = answers || content.answers || content.answer;
  }
  return answers ? "files with prompts and answers" : "";
}

}  // namespace assay::data

#include "assay/data/benchmark_folder.h"

#include <algorithm>
#include <filesystem>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/file_list.h"
#include "assay/data/own_look.h"

namespace assay::data {
namespace {

constexpr int kMaxFolderDepth = 12;  // of folders looked through

bool is_link(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_symlink(path, error);
}

void collect(const std::string& path, int depth, std::vector<BenchmarkFolder>& found) {
  const std::string questions = jsonl_file(path, "question");
  const std::string answers = join_path(path, "model_answer");
  const std::string judgments = join_path(path, "model_judgment");
  if (!questions.empty() && (is_folder(answers) || is_folder(judgments))) {
    found.push_back({path, questions, answers, jsonl_files_below(answers), judgments});
    return;
  }
  if (depth == kMaxFolderDepth) return;
  for (const std::string& name : folder_names(path)) {
    const std::string below = join_path(path, name);
    // Links may go round in circles.
    if (is_folder(below) && !is_link(below)) collect(below, depth + 1, found);
  }
}

}  // namespace

std::vector<BenchmarkFolder> find_benchmark_folders(const std::string& path) {
  require_path(path);
  if (!is_folder(path)) {
    throw InvalidArgument(escaped(path) +
                          ": expected a folder with question.jsonl and model_judgment/, came a file");
  }
  std::vector<BenchmarkFolder> found;
  collect(path, 0, found);
  if (found.empty()) {
    throw InvalidArgument(
        escaped(path) +
        ": expected a folder with question.jsonl and model_answer/ or model_judgment/, came one without");
  }
  return found;
}

bool first_judgment_has(const std::string& path, std::initializer_list<std::string_view> keys) {
  if (!is_folder(path)) return false;
  std::vector<BenchmarkFolder> found;
  collect(path, 0, found);
  for (const BenchmarkFolder& folder : found) {
    const std::vector<std::string> judgments = jsonl_files_below(folder.judgments);
    if (judgments.empty()) continue;
    const OwnLook look = own_look(judgments.front());
    return std::ranges::any_of(keys, [&](std::string_view key) { return look.has(key); });
  }
  return false;
}

}  // namespace assay::data

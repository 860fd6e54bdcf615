#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace assay::data {

/// A benchmark in the layout that FastChat made common (MT-Bench, Arena-Hard): question.jsonl beside model_answer/
/// and model_judgment/, each file plain or with .gz.
struct BenchmarkFolder {
  std::string path;
  std::string questions;             ///< question.jsonl
  std::string answer_folder;         ///< model_answer/, whether it is there or not.
  std::vector<std::string> answers;  ///< The .jsonl files in it and in its folders, sorted.
  std::string judgments;             ///< model_judgment/, whether it is there or not.
};

/// The benchmark folders at or below `path`, sorted by path. Throws InvalidArgument if there is none.
std::vector<BenchmarkFolder> find_benchmark_folders(const std::string& path);

/// Whether the rows of the first judgement at or below `path` have one of these keys. False if there is none.
bool first_judgment_has(const std::string& path, std::initializer_list<std::string_view> keys);

}  // namespace assay::data

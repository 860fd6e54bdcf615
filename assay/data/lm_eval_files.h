#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::data {

/// What the name of a samples file says, samples_TASK_DATE.jsonl.
struct LmEvalName {
  std::string task;
  std::string date;  ///< "2026-11-28T21-05-48.222648"; empty if there is none.
};

/// Of a file's name without its folder; nothing if it is none that lm-eval 0.4.3 or newer gives samples.
std::optional<LmEvalName> lm_eval_samples_name(std::string_view name);
/// The date at the end of the name of a file, before its ending; empty if there is none.
std::string_view lm_eval_date(std::string_view name);
/// Seconds from 1970 to such a date; 0 for none.
double seconds_of_date(std::string_view date);

/// The endings .gz, .zst, .json and .jsonl taken off.
std::string_view without_endings(std::string_view name);

/// Files of lm-eval in one folder.
struct LmEvalFolder {
  std::string path;
  std::vector<std::string> samples;  ///< Paths.
  std::vector<std::string> results;  ///< Paths.
};

/// What `path` stands for: all folders below it, also those that lm-eval calls ".__models__x"; the folder around a
/// samples or results file, with nothing in it but what belongs to that file. Files are told by their names, others
/// by how they begin. Throws InvalidArgument if there is nothing at `path`.
std::vector<LmEvalFolder> find_lm_eval_folders(const std::string& path);

}  // namespace assay::data

#include "assay/data/lm_eval_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>

#include "assay/data/byte_source.h"
#include "assay/data/file_list.h"

namespace assay::data {
namespace {

constexpr std::string_view kSamples = "samples_";
constexpr std::string_view kPackedEndings[] = {".gz", ".zst"};
constexpr std::string_view kTextEndings[] = {".jsonl", ".json"};

std::string_view without_one_of(std::string_view name, std::span<const std::string_view> endings) {
  for (const std::string_view ending : endings) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

bool has_ending(std::string_view name, std::string_view ending) {
  return without_one_of(name, kPackedEndings).ends_with(ending);
}

/// Whether `text` looks like `pattern`, where 0 stands for any digit.
bool looks_like(std::string_view text, std::string_view pattern) {
  const auto fits = [](char c, char p) { return p == '0' ? c >= '0' && c <= '9' : c == p; };
  return text.size() == pattern.size() && std::equal(text.begin(), text.end(), pattern.begin(), fits);
}

int digits_at(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  std::from_chars(text.data() + at, text.data() + at + count, value);
  return value;
}

/// The first bytes of a file, unpacked.
std::string beginning(const std::string& path) {
  constexpr std::size_t kEnough = 4096;
  std::string text = file_start(path, kEnough);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  return text;
}

// Rows may be longer than what is looked at: their first two fields are enough.
bool begins_like_samples(const std::string& path) {
  std::string_view text;
  const std::string begin = beginning(path);
  text = begin;
  if (text.starts_with('[')) text.remove_prefix(1);
  return text.starts_with("{\"doc_id\":") && text.find("\"doc\":") != std::string_view::npos;
}

bool begins_like_results(const std::string& path) {
  const std::string begin = beginning(path);
  return begin.starts_with("{\"results\":{") && begin.find("\"alias\":") != std::string::npos;
}

enum class LmEvalKind { samples, results, other };

LmEvalKind lm_eval_kind(const std::string& path) {
  const std::string name = file_name(path);
  const auto samples = lm_eval_samples_name(name);
  if (samples && !samples->date.empty()) return LmEvalKind::samples;
  if (has_ending(name, ".jsonl") || samples)
    return begins_like_samples(path) ? LmEvalKind::samples : LmEvalKind::other;
  if (name.starts_with("results_") && !lm_eval_date(name).empty()) return LmEvalKind::results;
  return begins_like_results(path) ? LmEvalKind::results : LmEvalKind::other;
}

bool is_wanted(std::string_view name) { return has_ending(name, ".jsonl") || has_ending(name, ".json"); }

// A model "./models/x" has the folder ".__models__x".
bool is_model_folder(std::string_view name) { return name.starts_with(".__") || name.starts_with("..__"); }

std::vector<LmEvalFolder> folders_of(std::span<const std::string> files) {
  std::map<std::string, LmEvalFolder> folders;
  for (const std::string& file : files) {
    const LmEvalKind kind = lm_eval_kind(file);
    if (kind == LmEvalKind::other) continue;
    const std::string path = parent_folder(file);
    LmEvalFolder& folder = folders[path];
    folder.path = path;
    (kind == LmEvalKind::samples ? folder.samples : folder.results).push_back(file);
  }
  std::vector<LmEvalFolder> all;
  for (auto& [path, folder] : folders) all.push_back(std::move(folder));
  return all;
}

/// Of the files around `path` those that belong to it: of the same date, if it has one.
std::vector<std::string> beside(const std::string& path, bool samples) {
  const std::string folder = parent_folder(path);
  const std::string date(lm_eval_date(file_name(path)));
  std::vector<std::string> files;
  for (const std::string& name : folder_names(folder)) {
    const std::string other = join_path(folder, name);
    if (!is_wanted(name) || !is_plain_file(other) || lm_eval_samples_name(name).has_value() != samples) continue;
    if (lm_eval_date(name) == date) files.push_back(other);
  }
  return files;
}

}  // namespace

std::string_view without_endings(std::string_view name) {
  return without_one_of(without_one_of(name, kPackedEndings), kTextEndings);
}

std::string_view lm_eval_date(std::string_view name) {
  const std::string_view stem = without_endings(name);
  // Python leaves the fraction out where it is 0.
  for (const std::string_view pattern : {"_0000-00-00T00-00-00.000000", "_0000-00-00T00-00-00"}) {
    if (stem.size() < pattern.size()) continue;
    const std::string_view end = stem.substr(stem.size() - pattern.size());
    if (looks_like(end, pattern)) return end.substr(1);
  }
  return {};
}

double seconds_of_date(std::string_view date) {
  constexpr std::size_t kShortest = 19;
  if (date.size() < kShortest) return 0;
  const std::chrono::year_month_day day(std::chrono::year(digits_at(date, 0, 4)),
                                        std::chrono::month(static_cast<unsigned>(digits_at(date, 5, 2))),
                                        std::chrono::day(static_cast<unsigned>(digits_at(date, 8, 2))));
  const auto days = static_cast<double>(std::chrono::sys_days(day).time_since_epoch().count());
  double fraction = date.size() > kShortest + 1 ? digits_at(date, kShortest + 1, date.size() - kShortest - 1) : 0;
  fraction /= 1e6;
  return days * 86400 + digits_at(date, 11, 2) * 3600 + digits_at(date, 14, 2) * 60 + digits_at(date, 17, 2) +
         fraction;
}

std::optional<LmEvalName> lm_eval_samples_name(std::string_view name) {
  if (!name.starts_with(kSamples) || !is_wanted(name)) return std::nullopt;
  std::string_view stem = without_endings(name);
  const std::string_view date = lm_eval_date(name);
  if (!date.empty()) stem.remove_suffix(date.size() + 1);
  if (stem.size() <= kSamples.size()) return std::nullopt;
  return LmEvalName{std::string(stem.substr(kSamples.size())), std::string(date)};
}

std::vector<LmEvalFolder> find_lm_eval_folders(const std::string& path) {
  require_path(path);
  if (is_folder(path)) return folders_of(files_below(path, is_wanted, is_model_folder));
  std::vector<std::string> files = {path};
  const LmEvalKind kind = lm_eval_kind(path);
  if (kind != LmEvalKind::other) {
    for (std::string& file : beside(path, kind == LmEvalKind::results)) {
      if (lm_eval_kind(file) != kind && file_name(file) != file_name(path)) files.push_back(std::move(file));
    }
  }
  return folders_of(files);
}

}  // namespace assay::data

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/progress.h"
#include "assay/core/records.h"

namespace assay::data {

/// What the user says about files to import. A format ignores what it does not take, see Format::takes.
struct FormatOptions {
  std::string annotator = {};  ///< alpaca-eval: folder below each model's; empty: the only one there.
  std::string judge = {};      ///< Name of the judge where the file has none; arena-hard: which of several.
  std::string baseline = {};   ///< Name of the opponent where the file has none, also for scores.
  std::string gold = {};       ///< csv: column of the true labels; the others are then predictions.
  std::string task = {};       ///< csv: column of the task; empty: the one called "task".
  std::vector<std::string> ignore = {};   ///< csv, jsonl, answers: columns or keys to pass over.
  std::vector<std::string> weights = {};  ///< csv: columns that say how much a query counts.
  /// csv: cells that stand for "not run". Empty texts count for nothing: a list of them alone says that no cell
  /// does.
  std::vector<std::string> na = {"NA"};
  std::string model = {};  ///< csv, jsonl, answers: whose answers the files hold, where they do not tell.
  /// csv, jsonl: the prompt of each row, made of its columns as RowTemplate has it; empty: a column holds it.
  std::string prompt = {};
  bool one_game = false;  ///< arena-hard: a pair of which only one of the two games was judged counts by that one.
  /// Evaluation tools: a sample that failed counts as wrong; else it has no score.
  bool errors_are_wrong = false;
  /// Evaluation tools: which run counts where a model did a task several times, by a part of its file's or folder's
  /// name; empty: the newest.
  std::string run = {};
};

/// Which of the FormatOptions a format has a use for.
struct TakenOptions {
  bool annotator = false;
  bool judge = false;
  bool baseline = false;
  bool columns = false;  ///< gold, task, weights and na.
  bool own = false;      ///< model and ignore.
  bool prompt = false;
  bool one_game = false;
  bool runs = false;  ///< errors_are_wrong and run.
};

/// A file format: a row of the table `formats()`.
struct Format {
  std::string_view name;  ///< As typed: `assay import NAME PATH...`.
  std::string_view help;  ///< One line.
  /// Reads all files of `paths` (files or folders) into `sink`. Throws DataError "path:line: what was expected,
  /// what came" for content, InvalidArgument for a path of the wrong kind. `progress` counts bytes.
  void (*read)(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
               const Progress& progress);
  TakenOptions takes;
  /// Why the file or folder at `path` looks like this format, in a few words ("samples_*.jsonl beside
  /// results_*.json"); empty if it does not. Reads little: names, and the start of a file.
  std::string (*recognise)(const std::string& path) = nullptr;
  /// Its look is that of many files: what another format recognises is not this one.
  bool general = false;
  /// The first bytes of a file tell it for sure: no other format is asked about that file.
  bool by_first_bytes = false;
};

/// Throws InvalidArgument that names an option which is given and which `format` does not take.
void check_options(const Format& format, const FormatOptions& options);

/// All formats, in the order of `--help`.
std::span<const Format> formats();

/// The format called `name`; throws InvalidArgument that lists all names.
const Format& format(std::string_view name);

}  // namespace assay::data

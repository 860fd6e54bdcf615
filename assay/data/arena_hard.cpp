#include "assay/data/arena_hard.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/benchmark_folder.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"
#include "assay/data/question_answer.h"
#include "assay/data/text_file.h"

namespace assay::data {
namespace {

struct Label {
  std::string_view text;
  int net;  ///< For A.
};

// The mirrored spellings (A<B) are those that the project's own evaluation takes as well.
constexpr std::array kLabels = {Label{"A>>B", 2},  Label{"A>B", 1},  Label{"A=B", 0}, Label{"B>A", -1},
                                Label{"B>>A", -2}, Label{"B<<A", 2}, Label{"B<A", 1}, Label{"B=A", 0},
                                Label{"A<B", -1},  Label{"A<<B", -2}};

/// Nothing if the game or its score is null.
std::optional<int> game_net(const JsonValue& game) {
  if (game.is_null()) return std::nullopt;
  const JsonValue score = game.field("score");
  if (score.is_null()) return std::nullopt;
  if (score.kind() == JsonKind::string) {
    for (const Label& label : kLabels) {
      if (label.text == score.string()) return label.net;
    }
  }
  score.reject("A>>B, A>B, A=B, B>A, B>>A or null");
}

/// The first row's `model`; empty if the file has no row.
std::string first_model(const std::string& path) {
  const auto source = open_source(path, nullptr);
  LineReader lines(*source);
  std::string model;
  while (model.empty() && lines.next()) {
    if (lines.line().find_first_not_of(" \t\r") == std::string_view::npos) continue;
    read_json_lines(*memory_source(path, lines.line()),
                    [&](const JsonValue& row) { model = row.field("model").name(); });
  }
  return model;
}

/// How many of `names` (of folders, and lastly of a file) name the judge: the others are the model's. A judge's
/// folder has files of its own as a rule. Else models or judges are called org/name, and the rows tell which.
std::size_t judge_names(const std::string& judgments, const std::vector<std::string>& names) {
  if (names.size() == 2) return 1;
  std::string folder = judgments;
  for (std::size_t count = 1; count + 1 < names.size(); ++count) {
    folder = join_path(folder, names[count - 1]);
    if (!jsonl_files(folder).empty()) return count;
  }
  const std::string path = join_path(judgments, joined_names(names));
  const std::string model = first_model(path);
  for (std::size_t count = 1; count + 1 < names.size(); ++count) {
    std::vector<std::string> rest(names.begin() + static_cast<std::ptrdiff_t>(count), names.end());
    rest.back() = jsonl_stem(path);
    if (joined_names(rest) == model) return count;
  }
  return names.size() - 1;
}

/// The files below model_judgment/ by the judge whose folder they are in.
std::map<std::string, std::vector<std::string>> judgments_of(const BenchmarkFolder& folder) {
  std::map<std::string, std::vector<std::string>> files;
  for (const std::string& file : jsonl_files_below(folder.judgments)) {
    const std::vector<std::string> names = names_below(folder.judgments, file);
    if (names.size() < 2) continue;  // beside the judges' folders: whose it is nobody tells
    files[joined_names(std::span(names).first(judge_names(folder.judgments, names)))].push_back(file);
  }
  return files;
}

std::string pick_judge(const BenchmarkFolder& folder, const std::map<std::string, std::vector<std::string>>& judges,
                       const std::string& wanted) {
  if (judges.empty()) {
    throw InvalidArgument(escaped(folder.judgments) + ": expected folders JUDGE/ with .jsonl files, came none");
  }
  if (judges.contains(wanted)) return wanted;
  if (wanted.empty() && judges.size() == 1) return judges.begin()->first;
  std::vector<std::string> list;
  for (const auto& [judge, files] : judges) list.push_back(escaped(judge));
  throw InvalidArgument(fmt::format("{}: expected `judge` to name one of {}, came {}", escaped(folder.judgments),
                                    fmt::join(list, ", "), wanted.empty() ? "none" : quoted(wanted)));
}

BenchmarkFolder only_folder(const std::string& path) {
  std::vector<BenchmarkFolder> found = find_benchmark_folders(path);
  if (found.size() == 1) return std::move(found.front());
  std::vector<std::string> list;
  for (const BenchmarkFolder& folder : found) list.push_back(escaped(folder.path));
  throw InvalidArgument(
      fmt::format("{}: expected one benchmark folder, came several: {}", escaped(path), fmt::join(list, ", ")));
}

}  // namespace

Games games_in(const JsonValue& games) {
  Games result;
  int net = 0;
  bool failed = false;
  for (const JsonValue game : games.elements()) {
    if (++result.count > 2) games.reject("at most two games");
    const std::optional<int> for_a = game_net(game);
    failed = failed || !for_a;
    net += (result.count == 1 ? -1 : 1) * for_a.value_or(0);
  }
  if (!failed && result.count > 0) result.value = 0.5 + net / (4.0 * result.count);
  return result;
}

void read_arena_judgments(ByteSource& source, std::string_view judge, const FormatOptions& options,
                          RecordSink& sink) {
  std::string declared;
  read_json_lines(source, &sink, [&](const JsonValue& row) {
    const Location where = row.where();
    const auto named = row.find("baseline");
    if (!named && options.baseline.empty()) {
      throw InvalidArgument(fmt::format(
          "{}: expected the judgements' baseline, which the old layout does not name: give `baseline` MODEL",
          describe(where)));
    }
    const std::string_view opponent = named ? named->name() : std::string_view(options.baseline);
    if (opponent != declared) {
      declared = opponent;
      sink.baseline(opponent, where);
    }
    const Games games = games_in(row.field("games"));
    const VerdictRecord record{question_id(row), row.field("model").name(), opponent, judge, 1, games.value};
    if (games.count == 1 && !std::isnan(games.value)) {
      // Judges lean to one place, so that half of a pair is less than half as good as the pair.
      if (!options.one_game) {
        sink.drop("only one of two games (`one_game` takes it)", where);
        return;
      }
      sink.note("one of two games, taken for both", where);
    }
    sink.add(record, where, OnConflict::fail);
  });
}

void read_arena_answers(ByteSource& source, RecordSink& sink) {
  read_json_lines(source, &sink, [&](const JsonValue& row) {
    const auto model = row.find("model");
    take_answer(row, model ? model->name() : row.field("model_id").name(), sink);
  });
}

void read_arena_hard(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                     const Progress& progress) {
  for (const std::string& path : paths) {
    const BenchmarkFolder folder = only_folder(path);
    const auto judges = judgments_of(folder);
    const std::string judge = pick_judge(folder, judges, options.judge);
    const std::vector<std::string>& judgments = judges.at(judge);
    ReadMeter meter(total_size(folder.answers) + total_size(judgments) + total_size({&folder.questions, 1}),
                    progress);
    // Judgements first: an option that is missing is told before the long work.
    for (const std::string& file : judgments) {
      read_arena_judgments(*open_source(file, &meter), judge, options, sink);
    }
    read_questions(*open_source(folder.questions, &meter), sink);
    for (const std::string& file : folder.answers) read_arena_answers(*open_source(file, &meter), sink);
  }
}

std::string recognise_arena_hard(const std::string& path) {
  return first_judgment_has(path, {"games"}) ? "question.jsonl and model_judgment/ with games" : "";
}

}  // namespace assay::data

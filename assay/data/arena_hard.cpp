#include "assay/data/arena_hard.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <limits>
#include <optional>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/benchmark_folder.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"
#include "assay/data/question_answer.h"

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

/// Names of the folders below model_judgment/ that hold .jsonl files.
std::vector<std::string> judges_of(const BenchmarkFolder& folder) {
  std::vector<std::string> judges;
  if (!is_folder(folder.judgments)) return judges;
  for (const std::string& name : folder_names(folder.judgments)) {
    if (!jsonl_files(join_path(folder.judgments, name)).empty()) judges.push_back(name);
  }
  return judges;
}

std::string pick_judge(const BenchmarkFolder& folder, const std::string& wanted) {
  const std::vector<std::string> judges = judges_of(folder);
  if (judges.empty()) {
    throw InvalidArgument(escaped(folder.judgments) + ": expected folders JUDGE/ with .jsonl files, came none");
  }
  if (wanted.empty() && judges.size() == 1) return judges.front();
  std::vector<std::string> list;
  for (const std::string& judge : judges) {
    if (judge == wanted) return judge;
    list.push_back(escaped(judge));
  }
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

double games_value(const JsonValue& games) {
  int net = 0;
  int count = 0;
  bool complete = true;
  for (const JsonValue game : games.elements()) {
    if (++count > 2) games.reject("at most two games");
    const std::optional<int> for_a = game_net(game);
    complete = complete && for_a.has_value();
    net += (count == 1 ? -1 : 1) * for_a.value_or(0);
  }
  return complete && count == 2 ? 0.5 + net / 8.0 : std::numeric_limits<double>::quiet_NaN();
}

void read_arena_judgments(ByteSource& source, std::string_view judge, const std::string& baseline,
                          RecordSink& sink) {
  std::string declared;
  read_json_lines(source, &sink, [&](const JsonValue& row) {
    const Location where = row.where();
    const auto named = row.find("baseline");
    if (!named && baseline.empty()) {
      throw InvalidArgument(fmt::format(
          "{}: expected the judgements' baseline, which the old layout does not name: give `baseline` MODEL",
          describe(where)));
    }
    const std::string_view opponent = named ? named->name() : std::string_view(baseline);
    if (opponent != declared) {
      declared = opponent;
      sink.baseline(opponent, where);
    }
    const VerdictRecord record{
        question_id(row), row.field("model").name(), opponent, judge, 1, games_value(row.field("games"))};
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
    const std::string judge = pick_judge(folder, options.judge);
    const std::vector<std::string> judgments = jsonl_files(join_path(folder.judgments, judge));
    ReadMeter meter(total_size(folder.answers) + total_size(judgments) + total_size({&folder.questions, 1}),
                    progress);
    // Judgements first: an option that is missing is told before the long work.
    for (const std::string& file : judgments) {
      read_arena_judgments(*open_source(file, &meter), judge, options.baseline, sink);
    }
    read_questions(*open_source(folder.questions, &meter), sink);
    for (const std::string& file : folder.answers) read_arena_answers(*open_source(file, &meter), sink);
  }
}

}  // namespace assay::data

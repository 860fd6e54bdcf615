#include "assay/data/mt_bench.h"

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/data/benchmark_folder.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"
#include "assay/data/question_answer.h"

namespace assay::data {
namespace {

constexpr double kNoScore = std::numeric_limits<double>::quiet_NaN();
constexpr int kMaxTurn = 1000;

/// "gpt-4" of ["gpt-4", "single-math-v1"]: the prompt's name goes with the question's category.
std::string_view judge_of(const JsonValue& row) {
  const JsonValue judge = row.field("judge");
  if (judge.kind() == JsonKind::string) return judge.name();
  if (judge.elements().empty()) judge.reject("[judge, prompt]");
  return (*judge.elements().begin()).name();
}

double score_value(const JsonValue& score) {
  constexpr std::string_view kExpected = "a score from 0 to 10, or -1 for a failed call";
  if (score.kind() != JsonKind::number) score.reject(kExpected);
  const double value = score.number();
  if (value == -1) return kNoScore;
  if (!(value >= 0 && value <= 10)) score.reject(kExpected);
  return value;
}

/// 1 for model_1, -1 for model_2, 0 for a tie, NaN for a failed call.
double winner_sign(const JsonValue& winner) {
  const std::string_view text = winner.string();
  if (text == "model_1") return 1;
  if (text == "model_2") return -1;
  if (text == "tie") return 0;
  if (text != "error") winner.reject("model_1, model_2, tie or error");
  return kNoScore;
}

/// "org/model" of model_answer/org/model.jsonl.
std::string model_of(const std::string& answers, const std::string& file) {
  std::vector<std::string> names = names_below(answers, file);
  names.back() = jsonl_stem(file);
  return joined_names(names);
}

void take_pair(const JsonValue& row, std::string_view baseline, RecordSink& sink) {
  VerdictRecord record;
  record.query = question_id(row);
  record.model = row.field("model_1").name();
  record.opponent = row.field("model_2").name();
  record.judge = judge_of(row);
  record.turn = row.field("turn").integer(1, kMaxTurn);
  record.value = pair_value(row);
  if (!baseline.empty() && record.model == baseline) {
    std::swap(record.model, record.opponent);
    record.value = 1 - record.value;
  }
  sink.add(record, row.where(), OnConflict::keep_last);
}

void take_score(const JsonValue& row, RecordSink& sink) {
  ScoreRecord record;
  record.query = question_id(row);
  record.model = row.field("model").name();
  record.judge = judge_of(row);
  record.turn = row.field("turn").integer(1, kMaxTurn);
  record.value = score_value(row.field("score"));
  sink.add(record, row.where(), OnConflict::keep_last);
}

}  // namespace

double pair_value(const JsonValue& row) {
  const double first = winner_sign(row.field("g1_winner"));
  const double second = winner_sign(row.field("g2_winner"));
  if (std::isnan(first) || std::isnan(second)) return kNoScore;
  return first == second ? (1 + first) / 2 : 0.5;
}

void read_mt_judgments(ByteSource& source, std::string_view baseline, RecordSink& sink) {
  read_json_lines(source, &sink, [&](const JsonValue& row) {
    if (row.find("g1_winner")) {
      take_pair(row, baseline, sink);
    } else {
      take_score(row, sink);
    }
  });
}

void read_mt_answers(ByteSource& source, std::string_view model, RecordSink& sink) {
  read_json_lines(source, &sink, [&](const JsonValue& row) { take_answer(row, model, sink); });
}

void read_mt_bench(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                   const Progress& progress) {
  std::vector<BenchmarkFolder> folders;
  std::size_t bytes = 0;
  for (const std::string& path : paths) {
    for (BenchmarkFolder& folder : find_benchmark_folders(path)) {
      bytes += total_size({&folder.questions, 1}) + total_size(folder.answers) +
               total_size(jsonl_files_below(folder.judgments));
      folders.push_back(std::move(folder));
    }
  }
  ReadMeter meter(bytes, progress);
  for (const BenchmarkFolder& folder : folders) {
    read_questions(*open_source(folder.questions, &meter), sink);
    for (const std::string& file : folder.answers) {
      read_mt_answers(*open_source(file, &meter), model_of(folder.answer_folder, file), sink);
    }
    for (const std::string& file : jsonl_files_below(folder.judgments)) {
      read_mt_judgments(*open_source(file, &meter), options.baseline, sink);
    }
  }
  if (!options.baseline.empty() && !folders.empty()) sink.baseline(options.baseline, {folders.front().path, 0});
}

std::string recognise_mt_bench(const std::string& path) {
  const bool fits = first_judgment_has(path, {"score", "g1_winner"});
  return fits ? "question.jsonl and model_judgment/ with score or g1_winner" : "";
}

}  // namespace assay::data

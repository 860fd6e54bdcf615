#include "assay/exports/arena_hard.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "assay/exports/output_folder.h"
#include "assay/report/json.h"

namespace assay::exports {
namespace {

using report::Json;

Json message(std::string_view role, Json content) {
  Json one = Json::object();
  one.set("role", role).set("content", std::move(content));
  return one;
}

// What the first place wins by, from -2 to 2.
std::string_view game_label(int wins_by) {
  constexpr std::array<std::string_view, 5> kLabels = {"B>>A", "B>A", "A=B", "A>B", "A>>B"};
  return kLabels[static_cast<std::size_t>(wins_by + 2)];
}

// In the first game the model stands in the second place.
Json games_of(double value) {
  Json games = Json::array();
  if (std::isnan(value)) return games.add(Json()).add(Json());
  const int net = static_cast<int>(std::lround((value - 0.5) * 8));
  const int first = std::clamp(net, -2, 2);
  for (const int wins_by : {-first, net - first}) {
    Json game = Json::object();
    game.set("score", game_label(wins_by));
    games.add(std::move(game));
  }
  return games;
}

class ArenaHardWriter final : public Writer {
 public:
  explicit ArenaHardWriter(const std::string& path) : folder_(path) {}

  void add(const QueryRecord& record, const Location&, OnConflict) override {
    if (!record.reference.empty()) leave_out("reference answers");
    if (!record.weights.empty()) leave_out("weights of queries");
    if (!record.messages.empty()) leave_out("messages of chats");
    if (record.turn > 1) {
      leave_out("turns after the first");
      return;
    }
    prompts_[std::string(record.query)] = record.text;
    Json row = Json::object();
    row.set("uid", record.query).set("category", record.task).set("prompt", record.text);
    questions_ += row.compact() + "\n";
  }
  void add(const ModelRecord&, const Location&, OnConflict) override { leave_out("facts of models"); }
  void add(const JudgeRecord&, const Location&, OnConflict) override { leave_out("scales of judges"); }
  void add(const LabelRecord&, const Location&, OnConflict) override { leave_out("labels"); }
  void add(const ScoreRecord&, const Location&, OnConflict) override { leave_out("scores"); }
  void baseline(std::string_view, const Location&) override {}  // stands in each judgement
  void add(const ResponseRecord& record, const Location&, OnConflict) override {
    if (record.turn > 1) {
      leave_out("turns after the first");
      return;
    }
    Json answer = Json::object();
    answer.set("answer", record.text);
    Json messages = Json::array();
    messages.add(message("user", prompts_[std::string(record.query)])).add(message("assistant", std::move(answer)));
    Json row = Json::object();
    row.set("uid", record.query).set("model", record.model).set("messages", std::move(messages));
    answers_[std::string(record.model)] += row.compact() + "\n";
  }
  void add(const VerdictRecord& record, const Location&, OnConflict) override {
    const double eighths = record.value * 8;
    if (record.turn > 1) {
      leave_out("turns after the first");
    } else if (!std::isnan(record.value) && eighths != std::round(eighths)) {
      leave_out("verdicts of a degree that two games can't have");
    } else {
      Json row = Json::object();
      row.set("uid", record.query).set("judge", record.judge).set("model", record.model);
      row.set("baseline", record.opponent).set("games", games_of(record.value));
      judgments_[{std::string(record.judge), std::string(record.model)}] += row.compact() + "\n";
    }
  }

  void finish() override {
    folder_.write("question.jsonl", questions_);
    for (const auto& [model, rows] : answers_) folder_.write("model_answer/" + model + ".jsonl", rows);
    for (const auto& [names, rows] : judgments_) {
      folder_.write("model_judgment/" + folder_.name_of_judge(names.first) + "/" + names.second + ".jsonl", rows);
    }
    folder_.finish();
  }

 private:
  OutputFolder folder_;
  std::string questions_;
  std::map<std::string, std::string> prompts_;
  std::map<std::string, std::string> answers_;
  std::map<std::pair<std::string, std::string>, std::string> judgments_;
};

}  // namespace

std::unique_ptr<Writer> make_arena_hard_writer(const std::string& path) {
  return std::make_unique<ArenaHardWriter>(path);
}

}  // namespace assay::exports

#include "assay/exports/alpaca_eval.h"

#include <cmath>
#include <map>
#include <utility>

#include "assay/data/alpaca_eval.h"
#include "assay/exports/output_folder.h"
#include "assay/exports/text_table.h"
#include "assay/report/json.h"

namespace assay::exports {
namespace {

using report::Json;

class AlpacaEvalWriter final : public Writer {
 public:
  explicit AlpacaEvalWriter(const std::string& path) : folder_(path) {}

  void add(const QueryRecord& record, const Location&, OnConflict) override {
    if (!record.reference.empty()) leave_out("reference answers");
    if (record.turn == 1) texts_.add(record);
    if (record.turn > 1) leave_out("turns after the first");
    if (!record.weights.empty()) leave_out("weights of queries");
    if (!record.messages.empty()) leave_out("messages of chats");
  }
  void add(const ModelRecord&, const Location&, OnConflict) override { leave_out("facts of models"); }
  void add(const JudgeRecord&, const Location&, OnConflict) override { leave_out("scales of judges"); }
  void add(const LabelRecord&, const Location&, OnConflict) override { leave_out("labels"); }
  void add(const ScoreRecord&, const Location&, OnConflict) override { leave_out("scores"); }
  void baseline(std::string_view, const Location&) override {}  // stands in each annotation
  void add(const ResponseRecord& record, const Location&, OnConflict) override {
    if (record.turn > 1) {
      leave_out("turns after the first");
      return;
    }
    texts_.add(record);
    ++responses_;
  }
  void add(const VerdictRecord& record, const Location&, OnConflict) override {
    const TextTable::Response* model = texts_.response(record.query, record.model);
    const TextTable::Response* opponent = texts_.response(record.query, record.opponent);
    if (record.turn > 1) {
      leave_out("turns after the first");
    } else if (model == nullptr || opponent == nullptr || texts_.prompt(record.query).empty()) {
      leave_out("verdicts without their prompt and both responses");
    } else {
      put_verdict(record, *model, *opponent);
    }
  }

  void finish() override {
    std::size_t written = 0;
    for (const auto& [model, rows] : outputs_) {
      folder_.write("results/" + model + "/model_outputs.json", array_of(rows).pretty());
      written += rows.size();
    }
    for (; written < responses_; ++written) leave_out("responses without a verdict");
    for (const auto& [names, rows] : annotations_) {
      const std::string judge = folder_.name_of_judge(names.second);
      folder_.write("results/" + names.first + "/" + judge + "/annotations.json", array_of(rows).pretty());
    }
    folder_.finish();
  }

 private:
  using Rows = std::map<std::string, Json>;  ///< By the id that an import gives the instruction: the order stays.

  static Json array_of(const Rows& rows) {
    Json array = Json::array();
    for (const auto& [id, row] : rows) array.add(row);
    return array;
  }

  void put_verdict(const VerdictRecord& record, const TextTable::Response& model,
                   const TextTable::Response& opponent) {
    const std::string_view instruction = texts_.prompt(record.query);
    const std::string id = data::instruction_id(instruction);
    Json row = Json::object();
    row.set("instruction", instruction).set("dataset", texts_.task(record.query));
    row.set("generator_1", record.opponent).set("output_1", opponent.text);
    row.set("generator_2", record.model).set("output_2", model.text);
    row.set("annotator", record.judge)
        .set("preference", std::isnan(record.value) ? Json() : Json(1 + record.value));
    if (!annotations_[{std::string(record.model), std::string(record.judge)}]
             .try_emplace(id, std::move(row))
             .second) {
      leave_out("verdicts on a prompt that another query has, too");
      return;
    }
    put_output(id, record.query, record.model, model.text);
    put_output(id, record.query, record.opponent, opponent.text);
  }

  void put_output(const std::string& id, std::string_view query, std::string_view model, std::string_view text) {
    Json row = Json::object();
    row.set("instruction", texts_.prompt(query)).set("dataset", texts_.task(query));
    row.set("output", text).set("generator", model);
    outputs_[std::string(model)].try_emplace(id, std::move(row));
  }

  std::size_t responses_ = 0;
  OutputFolder folder_;
  TextTable texts_;
  std::map<std::string, Rows> outputs_;
  std::map<std::pair<std::string, std::string>, Rows> annotations_;  ///< By model and judge.
};

}  // namespace

std::unique_ptr<Writer> make_alpaca_eval_writer(const std::string& path) {
  return std::make_unique<AlpacaEvalWriter>(path);
}

}  // namespace assay::exports

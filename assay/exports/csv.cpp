#include "assay/exports/csv.h"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <vector>

#include "assay/core/money.h"
#include "assay/exports/output_file.h"
#include "assay/exports/text_table.h"

namespace assay::exports {
namespace {

/// A field after RFC 4180. Empty texts stand in quotes, which tells them from what is not there.
std::string csv_field(std::string_view text) {
  if (text.empty()) return "\"\"";
  if (text.find_first_of(",\"\r\n") == std::string_view::npos && !text.starts_with(' ') && !text.ends_with(' ')) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

template <typename Number>
std::string csv_cell(const std::optional<Number>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

class CsvWriter final : public Writer {
 public:
  explicit CsvWriter(const std::string& path) : file_(path) {
    file_.write(
        "query,task,turn,prompt,gold,model,response,label,tokens_in,tokens_out,cost,seconds,judge,opponent,repeat,"
        "verdict,score\n");
  }

  void add(const QueryRecord& record, const Location&, OnConflict) override {
    if (!record.reference.empty()) leave_out("reference answers");
    texts_.add(record);
    if (record.options > 0) leave_out("numbers of options");
    if (!record.weights.empty()) leave_out("weights of queries");
    if (!record.messages.empty()) leave_out("messages of chats");
  }
  void add(const ModelRecord&, const Location&, OnConflict) override { leave_out("facts of models"); }
  void add(const JudgeRecord&, const Location&, OnConflict) override { leave_out("scales of judges"); }
  void baseline(std::string_view, const Location&) override { leave_out("declared baselines"); }
  void add(const ResponseRecord& record, const Location&, OnConflict) override { texts_.add(record); }
  void add(const LabelRecord& record, const Location&, OnConflict) override {
    if (!record.label) {
      leave_out("labels that were not run");
    } else {
      labels_[{std::string(record.query), std::string(record.model)}] = *record.label;
    }
  }
  void add(const VerdictRecord& record, const Location&, OnConflict) override {
    std::string cells = fmt::format("{},{},,", csv_field(record.judge), csv_field(record.opponent));
    if (!std::isnan(record.value)) cells += fmt::format("{}", record.value);
    put(record.query, record.turn, record.model, cells + ",");
  }
  void add(const ScoreRecord& record, const Location&, OnConflict) override {
    std::string cells = fmt::format("{},,{},,", csv_field(record.judge), record.repeat);
    if (!std::isnan(record.value)) cells += fmt::format("{}", record.value);
    put(record.query, record.turn, record.model, cells);
  }

  void finish() override {
    for (const auto& [key, response] : texts_.responses()) {
      const auto& [query, model, turn] = key;
      if (!written_.contains(key)) put(query, turn, model, kNoJudgement);
    }
    for (const auto& [key, label] : labels_) {
      const auto& [query, model] = key;
      if (!model.empty() && !written_.contains({query, model, 1})) put(query, 1, model, kNoJudgement);
    }
    for (const auto& [name, query] : texts_.queries()) {
      for (const auto& [turn, prompt] : query.prompts) {
        if (!prompts_.contains({name, turn})) put(name, turn, {}, kNoJudgement);
      }
      if (query.prompts.empty() && !prompts_.contains({name, 1})) put(name, 1, {}, kNoJudgement);
    }
    file_.finish();
  }

 private:
  static constexpr std::string_view kNoJudgement = ",,,,";

  std::string label(std::string_view query, std::string_view model) const {
    const auto known = labels_.find({std::string(query), std::string(model)});
    return known == labels_.end() ? std::string() : csv_field(known->second);
  }
  static std::string name(std::string_view text) { return text.empty() ? std::string() : csv_field(text); }

  void put(std::string_view query, int turn, std::string_view model, std::string_view judgement) {
    const TextTable::Response* response = texts_.response(query, model, turn);
    const AnswerCost took = response == nullptr ? AnswerCost() : response->took;
    const std::string cost = took.cost ? fmt::format("{}", Money{*took.cost}.dollars()) : "";
    file_.write(fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", name(query), name(texts_.task(query)), turn,
                            name(texts_.prompt(query, turn)), label(query, {}), name(model),
                            response == nullptr ? std::string() : csv_field(response->text),
                            model.empty() ? std::string() : label(query, model), csv_cell(took.tokens_in),
                            csv_cell(took.tokens_out), cost, csv_cell(took.seconds), judgement));
    written_.insert({std::string(query), std::string(model), turn});
    prompts_.insert({std::string(query), turn});
  }

  OutputFile file_;
  TextTable texts_;
  std::map<std::pair<std::string, std::string>, std::string> labels_;
  std::set<TextTable::ResponseKey> written_;
  std::set<std::pair<std::string, int>> prompts_;
};

}  // namespace

std::unique_ptr<Writer> make_csv_writer(const std::string& path) { return std::make_unique<CsvWriter>(path); }

}  // namespace assay::exports

#pragma once

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "assay/core/records.h"

namespace assay {

/// Keeps records in maps, in memory, with the contract of RecordSink.
class RecordingSink : public RecordSink {
 public:
  using Text = std::string;
  using Query = std::pair<Text, Text>;                           ///< text, task
  using Facts = std::pair<double, std::optional<std::int64_t>>;  ///< parameters, price

  template <typename Value>
  struct Entry {
    Value value;
    Text where;
  };

  std::map<std::pair<Text, int>, Entry<Query>> queries;          ///< query, turn
  std::map<Text, Entry<Text>> references;                        ///< query
  std::map<Text, Text> messages;                                 ///< query; of chats
  std::map<std::tuple<Text, Text, int>, Entry<Text>> responses;  ///< query, model, turn
  std::map<std::tuple<Text, Text, Text, Text, int>, Entry<double>>
      verdicts;                                                            ///< query, model, opponent, judge, turn
  std::map<std::tuple<Text, Text, Text, int, int>, Entry<double>> scores;  ///< query, model, judge, turn, repeat
  std::map<std::pair<Text, Text>, Entry<std::optional<Text>>> labels;      ///< query, model
  std::map<Text, Entry<Facts>> facts;                                      ///< model
  std::map<Text, Text> providers;                                          ///< model; those that tell it
  std::map<std::pair<Text, Text>, AnswerCost> took;                        ///< query, model; those that tell some
  std::map<Text, JudgeRecord> judges;                                      ///< judge; names are the keys
  std::map<Text, int> options;                                             ///< query; those that tell some
  std::map<std::pair<Text, Text>, double> weights;                         ///< name, query
  std::vector<Text> baselines;
  std::vector<std::pair<Text, Text>> drops;  ///< reason, where
  std::vector<std::pair<Text, Text>> notes;  ///< what, where
  std::size_t repeated = 0;
  std::size_t kept_first = 0;
  std::size_t kept_last = 0;

  void add(const QueryRecord& r, const Location& where, OnConflict conflict) override {
    if (!r.reference.empty()) put(references, Text(r.query), Text(r.reference), where, conflict);
    // What is told of a prompt elsewhere.
    if (r.reference.empty() || !r.text.empty()) {
      put(queries, {Text(r.query), r.turn}, Query(r.text, r.task), where, conflict);
    }
    if (!r.messages.empty()) messages[Text(r.query)] = r.messages;
    if (r.options > 0) options[Text(r.query)] = r.options;
    for (const QueryWeight& one : r.weights) weights[{Text(one.name), Text(r.query)}] = one.value;
  }
  void add(const ModelRecord& r, const Location& where, OnConflict conflict) override {
    if (!r.provider.empty()) providers[Text(r.model)] = r.provider;
    if (r.provider.empty() || r.parameters > 0 || r.price) {
      put(facts, Text(r.model), Facts(r.parameters, r.price), where, conflict);
    }
  }
  void add(const ResponseRecord& r, const Location& where, OnConflict conflict) override {
    put(responses, {Text(r.query), Text(r.model), r.turn}, Text(r.text), where, conflict);
    if (r.took != AnswerCost()) took[{Text(r.query), Text(r.model)}] = r.took;
  }
  void add(const JudgeRecord& r, const Location&, OnConflict) override { judges[Text(r.judge)] = r; }
  void add(const VerdictRecord& r, const Location& where, OnConflict conflict) override {
    put(verdicts, {Text(r.query), Text(r.model), Text(r.opponent), Text(r.judge), r.turn}, r.value, where,
        conflict);
  }
  void add(const ScoreRecord& r, const Location& where, OnConflict conflict) override {
    put(scores, {Text(r.query), Text(r.model), Text(r.judge), r.turn, r.repeat}, r.value, where, conflict);
  }
  void add(const LabelRecord& r, const Location& where, OnConflict conflict) override {
    std::optional<Text> label;
    if (r.label) label = Text(*r.label);
    put(labels, {Text(r.query), Text(r.model)}, label, where, conflict);
  }
  void baseline(std::string_view model, const Location&) override { baselines.emplace_back(model); }
  void drop(std::string_view reason, const Location& where) override { drops.emplace_back(reason, place(where)); }
  void note(std::string_view what, const Location& where) override { notes.emplace_back(what, place(where)); }

  static Text place(const Location& where) { return Text(where.path) + ":" + std::to_string(where.line); }

 private:
  template <typename T>
  static bool same(const T& a, const T& b) {
    return a == b;
  }
  static bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

  template <typename Map>
  void put(Map& map, const typename Map::key_type& key, const decltype(Map::mapped_type::value)& value,
           const Location& where, OnConflict conflict) {
    const auto [known, is_new] = map.try_emplace(key, typename Map::mapped_type{value, place(where)});
    if (is_new) return;
    if (same(known->second.value, value)) {
      ++repeated;
    } else if (conflict == OnConflict::keep_first) {
      ++kept_first;
    } else if (conflict == OnConflict::keep_last) {
      ++kept_last;
      known->second = {value, place(where)};
    } else {
      throw DataError(where, "expected one value, came another than at " + known->second.where);
    }
  }
};

}  // namespace assay

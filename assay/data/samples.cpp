#include "assay/data/samples.h"

#include <fmt/format.h>

#include <cmath>

namespace assay::data {

void SampleWriter::add(const Sample& sample, const Location& where) {
  add_query(sample, where);
  add_answer(sample, where);
}

void SampleWriter::add_query(const Sample& sample, const Location& where, OnConflict conflict) {
  const std::string& query = name_of(sample);
  const QueryRecord record{.query = query,
                           .text = sample.text,
                           .task = sample.task,
                           .options = sample.options,
                           .messages = sample.messages};
  sink_.add(record, where, conflict);
}

void SampleWriter::add_answer(const Sample& sample, const Location& where) {
  const std::string& query = name_of(sample);
  if (sample.response) {
    if (sample.repeat == 1) {
      sink_.add(ResponseRecord{query, sample.model, 1, *sample.response, sample.took}, where, OnConflict::fail);
    } else {
      sink_.note("a response of a later repeat, not kept; its scores are", where);
    }
  }
  if (!is_short_answer(sample.gold)) {
    // Templates differ from run to run, and a long answer with them.
    if (!sample.gold.empty()) {
      sink_.add(QueryRecord{.query = query, .text = {}, .task = {}, .reference = sample.gold}, where,
                OnConflict::keep_first);
    }
    return;
  }
  sink_.add(LabelRecord{query, {}, sample.gold}, where, OnConflict::fail);
  if (sample.repeat == 1 && is_short_answer(sample.prediction)) {
    sink_.add(LabelRecord{query, sample.model, sample.prediction}, where, OnConflict::fail);
  }
}

void SampleWriter::score(const Sample& sample, std::string_view scorer, double value, const Location& where) {
  const std::string& query = name_of(sample);
  sink_.add(ScoreRecord{query, sample.model, scorer, 1, sample.repeat, value}, where, OnConflict::fail);
}

const std::string& SampleWriter::name_of(const Sample& sample) {
  if (name_.empty() || sample.id != id_ || sample.task != task_) {
    task_ = sample.task;
    id_ = sample.id;
    name_ = query_name(task_, id_);
  }
  return name_;
}

void SampleWriter::error(const Sample& sample, std::string_view scorer, std::string_view reason,
                         const Location& where, double lowest) {
  const bool wrong = errors_are_wrong_;
  sink_.note(fmt::format("{}: {}", reason, wrong ? "counts as wrong" : "no score"), where);
  score(sample, scorer, wrong ? lowest : std::nan(""), where);
}

std::string query_name(std::string_view task, std::string_view id) {
  return task.empty() ? std::string(id) : fmt::format("{}/{}", task, id);
}

bool is_short_answer(std::string_view gold) {
  constexpr std::size_t kLongest = 64;
  return !gold.empty() && gold.size() <= kLongest && gold.find('\n') == std::string_view::npos;
}

}  // namespace assay::data

#include "assay/data/reference_answers.h"

#include "assay/data/samples.h"

namespace assay::data {

void add_reference(std::string_view query, std::string_view answer, const Location& where, RecordSink& sink) {
  if (answer.empty()) return;
  const bool json = answer.front() == '[' || answer.front() == '{';
  if (is_short_answer(answer) && !json) {
    sink.add(LabelRecord{query, {}, answer}, where, OnConflict::fail);
  } else {
    sink.add(QueryRecord{.query = query, .text = {}, .task = {}, .reference = answer}, where, OnConflict::fail);
  }
}

}  // namespace assay::data

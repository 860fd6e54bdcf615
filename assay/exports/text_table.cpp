#include "assay/exports/text_table.h"

namespace assay::exports {

void TextTable::add(const QueryRecord& record) {
  Query& query = queries_[std::string(record.query)];
  query.task = record.task;
  if (!record.text.empty()) query.prompts[record.turn] = record.text;
}

void TextTable::add(const ResponseRecord& record) {
  responses_[{std::string(record.query), std::string(record.model), record.turn}] = {std::string(record.text),
                                                                                     record.took};
}

std::string_view TextTable::prompt(std::string_view query, int turn) const {
  const auto known = queries_.find(query);
  if (known == queries_.end()) return {};
  const auto text = known->second.prompts.find(turn);
  return text == known->second.prompts.end() ? std::string_view() : text->second;
}

std::string_view TextTable::task(std::string_view query) const {
  const auto known = queries_.find(query);
  return known == queries_.end() ? std::string_view() : known->second.task;
}

const TextTable::Response* TextTable::response(std::string_view query, std::string_view model, int turn) const {
  const auto known = responses_.find({std::string(query), std::string(model), turn});
  return known == responses_.end() ? nullptr : &known->second;
}

}  // namespace assay::exports

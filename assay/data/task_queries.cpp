#include "assay/data/task_queries.h"

#include "assay/data/cell_words.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"
#include "assay/data/offered_text.h"

namespace assay::data {
namespace {

TaskQuery take(const JsonValue& row) {
  const auto question = row.find("question");
  const std::string_view text = question ? question->string() : row.field("prompt").string();
  TaskQuery query{std::string(text), {}};
  if (const auto options = row.find("options")) query.prompt = with_options(text, *options).text;
  const auto right = row.find("right");
  if (!right) return query;
  if (right->kind() != JsonKind::object) right->reject("an object of models");
  for (const JsonValue model : right->parts()) {
    query.right.emplace_back(std::string(without_blanks(model.key())), model.correctness());
  }
  return query;
}

}  // namespace

std::vector<TaskQuery> read_task_queries(ByteSource& source) {
  std::vector<TaskQuery> queries;
  read_json_lines(source, [&](const JsonValue& row) { queries.push_back(take(row)); });
  return queries;
}

std::vector<TaskQuery> read_task_queries(const std::string& path) {
  require_file(path);
  return read_task_queries(*open_source(path, nullptr));
}

}  // namespace assay::data

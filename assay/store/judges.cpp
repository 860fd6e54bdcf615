#include "assay/store/judges.h"

#include <fmt/format.h>

#include "assay/core/error.h"
#include "assay/store/name_list.h"

namespace assay::store {

std::vector<Named> named_rows(file::Statement& rows) {
  std::vector<Named> result;
  while (rows.step()) result.push_back({rows.integer(0), std::string(rows.text(1))});
  return result;
}

std::vector<std::string> names_of(std::span<const Named> all) {
  std::vector<std::string> names;
  for (const Named& one : all) names.push_back(one.name);
  return names;
}

std::vector<Named> recorded_judges(const file::Database& database) {
  file::Statement rows = database.prepare(
      "SELECT id, name FROM judge WHERE EXISTS (SELECT 1 FROM verdict WHERE judge = id) "
      "OR EXISTS (SELECT 1 FROM score WHERE judge = id) ORDER BY name");
  return named_rows(rows);
}

Named choose_judge(std::span<const Named> judges, const std::string& wanted) {
  if (wanted.empty()) {
    if (judges.size() == 1) return judges.front();
    throw InvalidArgument("the study has several judges, name one of: " + name_list(names_of(judges), 40));
  }
  for (const Named& judge : judges) {
    if (judge.name == wanted) return judge;
  }
  throw InvalidArgument(
      fmt::format("expected a judge of the study ({}), came {}", name_list(names_of(judges), 40), quoted(wanted)));
}

}  // namespace assay::store

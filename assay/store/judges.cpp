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

JudgeFacts judge_facts(const file::Database& database, std::int64_t judge) {
  file::Statement row = database.prepare("SELECT lower_is_better, least, most FROM judge WHERE id = ?1");
  JudgeFacts facts;
  if (!row.with(judge).step()) return facts;
  if (!row.is_null(0)) facts.lower_is_better = row.integer(0) != 0;
  if (!row.is_null(1)) facts.least = row.real(1);
  if (!row.is_null(2)) facts.most = row.real(2);
  return facts;
}

std::optional<Scale> told_scale(const file::Database& database, const Named& judge, const Scale& found,
                                std::vector<std::string>& notes) {
  const JudgeFacts facts = judge_facts(database, judge.id);
  if (!facts.least && !facts.most) return std::nullopt;
  const Scale scale{facts.least.value_or(found.low), facts.most.value_or(found.high)};
  if (!(scale.low < scale.high)) return std::nullopt;
  if (scale.low <= found.low && found.high <= scale.high) return scale;
  notes.push_back(
      fmt::format("the import told that scores of {} go from {:g} to {:g}, and some go from {:g} to {:g}",
                  quoted(judge.name), scale.low, scale.high, found.low, found.high));
  return std::nullopt;
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
    throw InvalidArgument("the study has several judges, name one by `judge`: " + name_list(names_of(judges), 40));
  }
  for (const Named& judge : judges) {
    if (judge.name == wanted) return judge;
  }
  throw InvalidArgument(
      fmt::format("expected a judge of the study ({}), came {}", name_list(names_of(judges), 40), quoted(wanted)));
}

}  // namespace assay::store

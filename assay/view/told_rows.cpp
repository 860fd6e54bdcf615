#include "assay/view/told_rows.h"

#include "assay/core/field_names.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

namespace assay::view {

report::Json told_json(const std::vector<store::ToldRows>& told) {
  report::Json array = report::Json::array();
  for (const store::ToldRows& rows : told) {
    array.add(report::Json::object()
                  .set("reason", with_options(rows.reason))
                  .set("rows", rows.count)
                  .set("first", rows.first));
  }
  return array;
}

std::string told_text(const std::string& title, const std::vector<store::ToldRows>& told) {
  report::Table table(
      {{title, report::Align::left, 100}, {"rows", report::Align::right}, {"first", report::Align::left, 240}});
  for (const store::ToldRows& rows : told) {
    table.add_row({with_options(rows.reason), report::grouped(rows.count), rows.first});
  }
  return table.text();
}

}  // namespace assay::view

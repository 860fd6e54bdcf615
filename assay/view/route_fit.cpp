#include "assay/view/route_fit.h"

#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/view/route_info.h"

namespace assay::view {

std::string to_json(const app::RouteFitReport& report) {
  return router_json(report::Json::object().set("study", report.study), report)
      .set("notes", report::Json::array_of(report.notes))
      .pretty();
}

std::string to_text(const app::RouteFitReport& report, bool colour) {
  (void)colour;
  std::string text = router_text(report);
  for (const std::string& note : report.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  return text;
}

}  // namespace assay::view

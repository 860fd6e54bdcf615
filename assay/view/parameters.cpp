#include "assay/view/parameters.h"

#include "assay/report/numbers.h"

namespace assay::view {

report::Json json_of(const select::StrategyEntry& entry, const select::Parameters& parameters) {
  report::Json json = report::Json::object();
  if (entry.uses_loss_draw) json.set("e_loss", parameters.loss).set("e_draw", parameters.draw);
  if (entry.uses_temperature) json.set("temperature", parameters.temperature);
  return json;
}

std::string text_of(const select::StrategyEntry& entry, const select::Parameters& parameters) {
  if (entry.uses_loss_draw)
    return "e_loss " + report::fixed(parameters.loss, 2) + ", e_draw " + report::fixed(parameters.draw, 2);
  if (entry.uses_temperature) return "t " + report::fixed(parameters.temperature, 2);
  return {};
}

}  // namespace assay::view

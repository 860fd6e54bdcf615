#include "assay/view/parameters.h"

#include <algorithm>

#include "assay/report/numbers.h"

namespace assay::view {

void add_parameters(const ParameterValues& parameters, report::Json& json) {
  for (const Parameter& parameter : parameters.parameters()) {
    std::string key(parameter.name);
    std::replace(key.begin(), key.end(), '-', '_');
    json.set(key, parameters.at(parameter.name));
  }
}

report::Json json_of(const ParameterValues& parameters) {
  report::Json json = report::Json::object();
  add_parameters(parameters, json);
  return json;
}

std::string text_of(const ParameterValues& parameters) {
  std::string text;
  for (const Parameter& parameter : parameters.parameters()) {
    if (!text.empty()) text += ", ";
    text += std::string(parameter.symbol) + " " + report::fixed(parameters.at(parameter.name), 2);
  }
  return text;
}

}  // namespace assay::view

#include "assay/core/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"

namespace assay {
namespace {

// "above 0 and below 1"
std::string range_of(const Parameter& parameter) {
  const std::string above = fmt::format("above {:g}", parameter.low);
  return std::isfinite(parameter.high) ? fmt::format("{} and below {:g}", above, parameter.high) : above;
}

// "a, b"
std::string names_of(std::span<const Parameter> parameters) {
  std::string names;
  for (const Parameter& parameter : parameters) names += (names.empty() ? "" : ", ") + std::string(parameter.name);
  return names.empty() ? "none" : names;
}

}  // namespace

ParameterValues::ParameterValues(std::span<const Parameter> parameters) : parameters_(parameters) {
  for (const Parameter& parameter : parameters) values_.push_back(parameter.default_value);
}

ParameterValues::ParameterValues(std::span<const Parameter> parameters, std::vector<double> values)
    : parameters_(parameters), values_(std::move(values)) {
  if (values_.size() == parameters_.size()) return;
  throw InvalidArgument(
      fmt::format("expected a value for each of {} parameters, came {}", parameters_.size(), values_.size()));
}

double ParameterValues::at(std::string_view name) const {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (parameters_[i].name == name) return values_[i];
  }
  throw InvalidArgument("no value of parameter " + quoted(name));
}

void ParameterValues::take(const GivenParameters& given) {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (const auto found = given.find(parameters_[i].name); found != given.end()) values_[i] = found->second;
  }
}

void check(const ParameterValues& values) {
  for (std::size_t i = 0; i < values.values().size(); ++i) {
    const Parameter& parameter = values.parameters()[i];
    const double value = values.values()[i];
    if (value > parameter.low && value < parameter.high) continue;
    throw InvalidArgument(
        fmt::format("{} must be {}, came {:g}", field_of(parameter.name), range_of(parameter), value));
  }
}

ParameterValues checked(std::span<const Parameter> parameters, const ParameterValues& values) {
  if (values.empty()) return ParameterValues(parameters);
  if (!std::ranges::equal(parameters, values.parameters(), {}, &Parameter::name, &Parameter::name)) {
    throw InvalidArgument(fmt::format("expected values of the parameters {}, came those of {}",
                                      names_of(parameters), names_of(values.parameters())));
  }
  check(values);
  return values;
}

std::string field_of(std::string_view parameter) {
  std::string field = "`" + std::string(parameter) + "`";
  std::replace(field.begin(), field.end(), '-', '_');
  return field;
}

bool has_parameter(std::span<const Parameter> parameters, std::string_view name) {
  return std::any_of(parameters.begin(), parameters.end(),
                     [&](const Parameter& parameter) { return parameter.name == name; });
}

}  // namespace assay

#pragma once

#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Numbers that the user of a method may choose. An example of use:
//
//   static constexpr Parameter kParameters[] = {
//       {.name = "width", .symbol = "w", .help = "Width of the kernel.", .default_value = 1}};
//   ParameterValues values(kParameters);  // the default: 1
//   values.take({{"width", 2.5}});
//   check(values);                            // throws unless width is above 0
//   const double width = values.at("width");  // 2.5

#pragma GCC visibility push(default)

namespace assay {

/// A number that the user of a method may choose, as the method's row of its table declares it.
struct Parameter {
  std::string_view name;         ///< As typed: `--NAME`. In JSON it has _ in place of -.
  std::string_view symbol = {};  ///< The paper's, for tables.
  std::string_view help = {};    ///< One line.
  double default_value = 0;      ///< Strictly between `low` and `high`, as every value.
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
};

/// Values by name, as a user gives them. What is not named is left open.
using GivenParameters = std::map<std::string, double, std::less<>>;

/// A value for each parameter of a row, in the order of the row.
class ParameterValues {
 public:
  /// None.
  ParameterValues() = default;
  /// The defaults. `parameters` must outlive this; those of a table do.
  explicit ParameterValues(std::span<const Parameter> parameters);
  /// Throws InvalidArgument unless there is one value for each parameter.
  ParameterValues(std::span<const Parameter> parameters, std::vector<double> values);

  std::span<const Parameter> parameters() const { return parameters_; }
  std::span<const double> values() const { return values_; }
  bool empty() const { return values_.empty(); }

  /// Throws InvalidArgument if there is no parameter of this name.
  double at(std::string_view name) const;
  /// Takes the values of those in `given` that are among the parameters, and ignores the others.
  void take(const GivenParameters& given);

  bool operator==(const ParameterValues& other) const { return values_ == other.values_; }

 private:
  std::span<const Parameter> parameters_;
  std::vector<double> values_;
};

/// Throws InvalidArgument if a value is out of its range. The message names the parameter and the range.
void check(const ParameterValues& values);

/// `values`, or the defaults of `parameters` if they are empty. Throws InvalidArgument if they are values of other
/// parameters, or as `check`.
ParameterValues checked(std::span<const Parameter> parameters, const ParameterValues& values);

/// The parameter as messages name it: "`e_loss`" for "e-loss", which the command shows as "--e-loss".
std::string field_of(std::string_view parameter);

bool has_parameter(std::span<const Parameter> parameters, std::string_view name);

/// Names of the rows of a table that have this parameter: "llm-selector, other".
template <typename Row>
std::string rows_with(std::span<const Row> table, std::string_view parameter) {
  std::string names;
  for (const Row& row : table) {
    if (!has_parameter(row.parameters, parameter)) continue;
    if (!names.empty()) names += ", ";
    names += row.name;
  }
  return names;
}

/// The parameters of all rows of a table, each name once, as the first row that has it declares it.
template <typename Row>
std::vector<Parameter> all_parameters(std::span<const Row> table) {
  std::vector<Parameter> all;
  for (const Row& row : table) {
    for (const Parameter& parameter : row.parameters) {
      if (!has_parameter(all, parameter.name)) all.push_back(parameter);
    }
  }
  return all;
}

}  // namespace assay

#pragma GCC visibility pop

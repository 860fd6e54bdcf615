#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace assay::cli {

/// An option whose value is a list of names of strangers, which may hold commas: A,"B, C",D. It may be given
/// several times; all names are taken.
CLI::Option* add_names_option(CLI::App& app, const std::string& option, std::vector<std::string>& names,
                              const std::string& help);

/// The names in such a list. In double quotes a comma is a comma and "" a quote, as in csv; empty names are left
/// out, and blanks around names that are not quoted. Throws CLI::ValidationError that begins with `option` if a
/// quote is not closed, or something stands behind it.
std::vector<std::string> names_in(std::string_view list, const std::string& option);

}  // namespace assay::cli

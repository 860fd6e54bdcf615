#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::cli {

/// Two columns, the second wrapped at word ends; defaults at the end of a description.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_subcommand(const CLI::App* sub) const override;
};

/// "title:" and below it a line for each name and its help, for a footer.
std::string listing(std::string_view title, const std::vector<std::pair<std::string, std::string>>& rows);

/// "Examples:" and a line for each command, for a footer.
std::string examples(std::initializer_list<std::string_view> commands);

/// --port, of a verb that listens. `what`: how its help begins.
CLI::Option* add_port_option(CLI::App& app, std::uint16_t& port, const std::string& what);

/// --all, for a verb that cuts tables or lists short.
void add_all_flag(CLI::App& app, bool& all);

/// Makes the numeric options of `app` refuse what is not a number, or is negative where a count is wanted: CLI11
/// takes -1 for the largest count and an empty text for none.
void check_numbers(CLI::App& app);

}  // namespace assay::cli

#include "cli/help.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/field_names.h"

namespace assay::cli {
namespace {

constexpr std::size_t kColumn = 30;  // where descriptions begin
constexpr std::size_t kWidth = 100;

// `text` broken at spaces, each line after the first indented to where descriptions begin.
std::string wrapped(std::string_view text, std::size_t column) {
  std::string result;
  std::size_t used = column;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (used > column && used + 1 + end > kWidth) {
      result += "\n" + std::string(column, ' ');
      used = column;
    } else if (used > column) {
      result += ' ';
      ++used;
    }
    result += text.substr(0, end);
    used += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string two_columns(std::string name, std::string_view description, std::size_t column) {
  name = "  " + name;
  if (name.size() + 2 > column) {
    name += "\n" + std::string(column, ' ');
  } else {
    name.resize(column, ' ');
  }
  return name + wrapped(description, column) + "\n";
}

std::string names_of(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += "-" + name + ", ";
  const auto& longs = option.get_lnames();
  return names + (longs.empty() ? "" : "--" + longs.front());
}

std::string quoted_or_nothing(const std::string& text) { return text.empty() ? "nothing" : assay::quoted(text); }

std::string whole_number(std::string& text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc{} && end == text.data() + text.size()) return {};
  return "expected a whole number, 0 to 2^64 - 1, came " + quoted_or_nothing(text);
}

std::string number(std::string& text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc{} && end == text.data() + text.size()) return {};
  return "expected a number, came " + quoted_or_nothing(text);
}

}  // namespace

HelpFormatter::HelpFormatter() {
  label("OPTIONS", "options");
  label("SUBCOMMAND", "VERB");
  label("Positionals", "Arguments");
  label("UINT", "N");
  label("FLOAT", "X");
}

// CLI11 leaves two lines empty between groups.
std::string HelpFormatter::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
  return CLI::detail::find_and_replace(Formatter::make_help(app, std::move(name), mode), "\n\n\n", "\n\n");
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  std::string name = is_positional ? option->get_name(true, false) : names_of(*option);
  const std::string value =
      option->get_option_text().empty() ? get_label(option->get_type_name()) : option->get_option_text();
  if (!is_positional && option->get_type_size() != 0) name += " " + value;
  std::string description = option->get_description();
  if (!option->get_default_str().empty()) description += " (default: " + option->get_default_str() + ")";
  if (!is_positional && option->get_required()) description += " (required)";
  return two_columns(name, description, kColumn);
}

std::string HelpFormatter::make_subcommand(const CLI::App* sub) const {
  return two_columns(sub->get_name(), sub->get_description(), 16);
}

std::string listing(std::string_view title, const std::vector<std::pair<std::string, std::string>>& rows) {
  std::string text = std::string(title) + ":\n";
  for (const auto& [name, help] : rows) text += two_columns(name, with_options(help), 17);
  return text;
}

std::string examples(std::initializer_list<std::string_view> commands) {
  std::string text = "Examples:\n";
  for (const std::string_view command : commands) text += "  " + std::string(command) + "\n";
  text.pop_back();
  return text;
}

CLI::Option* add_port_option(CLI::App& app, std::uint16_t& port, const std::string& what) {
  return app.add_option("--port", port, what + " (default: 0, any that is free; it is told)")
      ->check(CLI::Range(0, 65535).description(""));
}

void add_all_flag(CLI::App& app, bool& all) {
  app.add_flag("--all", all, "Show tables and lists of names whole, however long")->group("Output");
}

void check_numbers(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_type_name() == "UINT") option->check(CLI::Validator(whole_number, ""));
    if (option->get_type_name() == "FLOAT") option->check(CLI::Validator(number, ""));
  }
}

}  // namespace assay::cli

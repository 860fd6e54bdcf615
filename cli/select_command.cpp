#include "cli/select_command.h"

#include <algorithm>
#include <string_view>

namespace assay::cli {
namespace {

std::string quoted_word(const std::string& word) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./=:,+@%").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, plain)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::vector<std::string> typed(std::span<const CLI::Option* const> options) {
  std::vector<std::string> words;
  for (const CLI::Option* option : options) {
    if (option->count() == 0) continue;
    const std::string name = option->get_name();
    if (option->get_expected_max() == 0) {
      words.push_back(name);
      continue;
    }
    std::string values;
    for (const std::string& value : option->results()) values += (values.empty() ? "" : ",") + value;
    words.push_back(name + "=" + values);
  }
  return words;
}

std::string select_command(const std::string& study, const std::vector<std::string>& given,
                           const asking::SelectReport& report) {
  std::string command = "assay select " + quoted_word(study);
  if (report.oracle != "recorded") command += " --oracle " + quoted_word(report.oracle);
  for (const std::string& word : given) command += " " + quoted_word(word);
  return command;
}

}  // namespace assay::cli

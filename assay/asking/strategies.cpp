#include "assay/asking/strategies.h"

#include <algorithm>
#include <span>

#include "assay/asking/command_strategy.h"
#include "assay/core/error.h"

namespace assay::asking {
namespace {

constexpr std::string_view kCommand = "command:";

}  // namespace

std::shared_ptr<const select::StrategyEntry> find_strategy(const std::string& name,
                                                           const judge::ProgramHooks& hooks) {
  if (name.starts_with(kCommand)) return command_strategy(name.substr(kCommand.size()), hooks);
  const std::span<const select::StrategyEntry> rows = select::strategies();
  const auto row = std::ranges::find(rows, name, &select::StrategyEntry::name);
  if (row != rows.end()) return {std::shared_ptr<void>(), &*row};  // of the table, which stays
  std::string names;
  for (const auto& [known, help] : strategy_listing()) names += (names.empty() ? "" : ", ") + known;
  throw InvalidArgument("unknown strategy " + quoted(name) + "; expected one of " + names);
}

std::vector<std::string> split_strategies(std::string_view list) {
  std::vector<std::string> names(1);
  char quote = 0;  // that is open
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    if (c == ',' && quote == 0) {
      if (!names.back().empty()) names.emplace_back();
      continue;
    }
    names.back() += c;
    if (c == '\\' && quote != '\'' && i + 1 < list.size()) {
      names.back() += list[++i];
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    }
  }
  if (names.back().empty()) names.pop_back();
  return names;
}

std::vector<std::pair<std::string, std::string>> strategy_listing() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const select::StrategyEntry& entry : select::strategies()) rows.emplace_back(entry.name, entry.help);
  rows.emplace_back(std::string(kCommand) + "'PROGRAM ARGS'",
                    "a program that is asked in lines of JSON, see docs/reference/strategy-protocol.md");
  return rows;
}

}  // namespace assay::asking

#include "assay/asking/strategies.h"

#include <algorithm>
#include <string_view>

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

std::vector<std::pair<std::string, std::string>> strategy_listing() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const select::StrategyEntry& entry : select::strategies()) rows.emplace_back(entry.name, entry.help);
  rows.emplace_back(std::string(kCommand) + "'PROGRAM ARGS'",
                    "a program that is asked in lines of JSON, see docs/reference/strategy-protocol.md");
  return rows;
}

}  // namespace assay::asking

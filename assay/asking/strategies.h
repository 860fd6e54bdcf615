#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/judge/program_hooks.h"
#include "assay/select/strategy.h"

namespace assay::asking {

/// The strategy that `name` means: a row of select::strategies(), or "command:PROGRAM", a program. Throws
/// InvalidArgument that lists what there is, or if PROGRAM is no command. Nothing is started before it is used.
std::shared_ptr<const select::StrategyEntry> find_strategy(const std::string& name,
                                                           const judge::ProgramHooks& hooks = {});

/// The names in "A,B,...": split at commas, but for those in quotes or behind a backslash, which a command may
/// have. Empty parts are left out.
std::vector<std::string> split_strategies(std::string_view list);

/// Name and line of help of all that find_strategy takes.
std::vector<std::pair<std::string, std::string>> strategy_listing();

}  // namespace assay::asking

#pragma once

#include <memory>
#include <string>

#include "assay/judge/program_hooks.h"
#include "assay/select/strategy.h"

namespace assay::asking {

/// The row of a strategy that is a program, called "command:" and the command. Assay says what is the case, and
/// asks, a JSON object a line:
///
///     {"start": {"models": 3, "queries": 20, ...}}    no answer; all that was before is over
///     {"ask": 5}                                      {"calls": [[7, 0], [7, 1]]}
///     {"tell": [[7, 0, 1.0], [7, 1, null]]}           no answer
///     {"best": true}                                  {"posterior": [0.8, 0.1, 0.1]}, {"best": 0} or {"best":
///     null}
///
/// docs/reference/strategy-protocol.md has all of it. A run has the program for itself; when the run is over,
/// the next one goes on with the same process, so that there is one for each thread. They end with the row.
/// `command`: as for judge::split_words, InvalidArgument if it is none. `hooks`: `waiting` may be called from
/// several threads, `said` by one at a time. What the program does wrong is an Error of the call that finds it.
std::shared_ptr<const select::StrategyEntry> command_strategy(const std::string& command,
                                                              const judge::ProgramHooks& hooks);

}  // namespace assay::asking

#include "cli/strategy_options.h"

#include "assay/asking/strategies.h"
#include "assay/core/utf8.h"
#include "cli/help.h"

namespace assay::cli {

judge::ProgramHooks strategy_hooks(Terminal& terminal) {
  judge::ProgramHooks hooks;
  hooks.waiting = terminal.waiting();
  hooks.start = terminal.programs();
  hooks.said = [&terminal](std::string_view line) { terminal.note("strategy: " + escaped(line)); };
  return hooks;
}

std::string strategy_footer() { return listing("Strategies", asking::strategy_listing()); }

}  // namespace assay::cli

#pragma once

#include <string>

#include "assay/judge/program_hooks.h"
#include "cli/terminal.h"

namespace assay::cli {

/// Of strategies that are programs: Ctrl-C ends the waiting for them; what they say on the side is shown on
/// `terminal`, which must outlive the result.
judge::ProgramHooks strategy_hooks(Terminal& terminal);

/// The strategies, for a footer.
std::string strategy_footer();

}  // namespace assay::cli

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/judge/program_hooks.h"
#include "cli/terminal.h"

namespace assay::cli {

/// Of strategies that are programs: Ctrl-C ends the waiting for them; what they say on the side is shown on
/// `terminal`, which must outlive the result.
judge::ProgramHooks strategy_hooks(Terminal& terminal);

/// "A,B,..." at its commas, but for those in quotes or behind a backslash, which a command may have. Empty parts
/// are left out.
std::vector<std::string> split_names(std::string_view list);

/// The strategies, for a footer.
std::string strategy_footer();

}  // namespace assay::cli

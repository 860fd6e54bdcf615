#pragma once

namespace assay::cli {

/// The command `assay` with the arguments of a process, its name first; returns the exit status.
int run_command(int argc, char** argv);

}  // namespace assay::cli

#include "cli/command.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/http/request_batch.h"
#include "cli/interrupt.h"
#include "cli/verb.h"
#include "cli/verbs.h"

namespace assay::cli {
namespace {

// A closed descriptor would be given to the next file that is opened, and messages would be written into a study.
void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) != -1) continue;
    // The lowest free descriptor is `stream`. Standard output is opened for reading: writing a result to it must
    // fail.
    const int opened = open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
    if (opened != stream) _exit(static_cast<int>(Exit::failed));
  }
}

}  // namespace

int run_command(int argc, char** argv) {
  occupy_standard_streams();
  Terminal terminal;
  try {
    const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    run_verb(arguments, terminal);
    return terminal.exit_status;
  } catch (const Misused& misused) {
    terminal.error(escaped(misused.what()) + "; see " + misused.command() + " --help");
    return static_cast<int>(Exit::misused);
  } catch (const Interrupted& interrupted) {
    terminal.error(interrupted.what());
    return static_cast<int>(Exit::interrupted);
  } catch (const InvalidArgument& error) {
    terminal.error(with_options(error.what()));
    return static_cast<int>(Exit::misused);
  } catch (const http::BatchAwaited& awaited) {
    terminal.error(awaited.what());
    return static_cast<int>(Exit::undecided);
  } catch (const std::bad_alloc&) {
    terminal.error("out of memory");
  } catch (const std::exception& error) {
    terminal.error(with_options(error.what()));
  }
  return static_cast<int>(Exit::failed);
}

}  // namespace assay::cli

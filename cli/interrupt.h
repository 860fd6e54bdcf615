#pragma once

#include <exception>
#include <string>

namespace assay::cli {

/// Thrown where Ctrl-C was pressed and the work can stop.
class Interrupted : public std::exception {
 public:
  const char* what() const noexcept override;  ///< The message for the user.
};

/// From now on the first SIGINT asks the work to stop; a second one, or three seconds of not stopping, ends the
/// process with exit status 130 and `message` on standard error, which is a terminal if `live`. Studies are made to
/// survive that. Nothing is changed where SIGINT is ignored already (nohup, a script's background job).
void catch_interrupts(const std::string& message, bool live);

/// Throws Interrupted if SIGINT came.
void stop_if_interrupted();

/// Back to the system's own way: the work is done, only its result has to be written.
void release_interrupts();

}  // namespace assay::cli

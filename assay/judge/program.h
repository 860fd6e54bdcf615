#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::judge {

/// A program that is spoken to in lines: a process of its own (ChildProcess), or whatever the caller of this
/// library puts in its place.
class Program {
 public:
  static constexpr std::size_t kLongestLine = 1 << 20;  ///< Bytes of an answer; what is longer is refused.

  virtual ~Program() = default;

  /// Bytes to be written as soon as the program reads.
  virtual void send(std::string_view bytes) = 0;
  virtual std::size_t unsent() const = 0;
  /// Lets it read and write; waits for it, but no longer than `most` or until a signal.
  virtual void wait(std::chrono::milliseconds most) = 0;
  /// The next line of its output, without its end; empty: there is none yet.
  virtual std::optional<std::string> line() = 0;
  /// The next line of what it says on the side, cut to a thousand bytes.
  virtual std::optional<std::string> remark() = 0;
  /// Why nothing more can be expected of it; empty as long as it can.
  virtual std::string broken() = 0;
  /// Ends it at once.
  virtual void kill_now() = 0;
  /// Of the caller: waited for as long as it takes, and asked on however often it has no answer, as nothing is paid
  /// for it that the caller does not know of.
  virtual bool hosted() const { return false; }
};

/// Makes the program of these words, at least one. nullptr: there is none in the caller, a process is started.
using StartProgram = std::function<std::unique_ptr<Program>(const std::vector<std::string>& words)>;

/// Asks `start` first, if it is given. Throws OracleError if a process can't be started.
std::unique_ptr<Program> start_program(const std::vector<std::string>& words, const StartProgram& start);

}  // namespace assay::judge

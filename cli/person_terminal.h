#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/person_oracle.h"

namespace assay::cli {

/// A person at the terminal that standard input and standard error are: sees prompt and answers page by page, and
/// replies by one key. The terminal is as it was whenever nobody is being asked. Leaving by a hang-up or SIGTERM is
/// a reply `quit`; Ctrl-C throws Interrupted.
class PersonTerminal : public asking::Person {
 public:
  /// Throws InvalidArgument where standard input or standard error is no terminal; `who` needs it. After `quit` the
  /// same `again` goes on, as the help says.
  explicit PersonTerminal(std::string_view who = "oracle person", std::string_view again = "command");

  asking::PersonReply ask(const asking::PersonQuestion& question) override;
  /// How many calls are answered, those of earlier sittings too, of how many at most: shown with the questions.
  void set_progress(std::size_t answered, std::size_t most);

 private:
  enum class Key { first, second, draw, skip, undo, quit, forward, back, help, none };

  void show(const std::vector<std::string>& lines, std::size_t from, std::size_t count, const std::string& keys);
  Key read_key();
  void show_help(bool can_skip);

  std::string again_;
  std::size_t asked_ = 0;   // of this sitting
  std::size_t before_ = 0;  // answered in earlier sittings
  std::size_t most_ = 0;    // 0: not told yet
};

}  // namespace assay::cli

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "assay/asking/person_oracle.h"

namespace assay::cli {

/// A person at the terminal that standard input and standard error are: sees prompt and answers page by page, and
/// replies by one key. The terminal is as it was whenever nobody is being asked. Leaving by a hang-up or SIGTERM is
/// a reply `quit`; Ctrl-C throws Interrupted.
class PersonTerminal : public asking::Person {
 public:
  /// Throws InvalidArgument where standard input or standard error is no terminal.
  PersonTerminal();

  asking::PersonReply ask(const asking::PersonQuestion& question) override;

 private:
  enum class Key { first, second, draw, undo, quit, forward, back, none };

  void show(const std::vector<std::string>& lines, std::size_t from, std::size_t count, const std::string& keys);
  Key read_key();
};

}  // namespace assay::cli

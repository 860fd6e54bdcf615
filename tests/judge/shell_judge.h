#pragma once

#include <string>

namespace assay {

/// A program for CommandOracle in the language of the shell: `answer` is run for each request, with $line the
/// request and $id its id.
inline std::string shell_judge(const std::string& answer, const std::string& before = ":") {
  return "sh -c '" + before + R"(; while read -r line; do id=${line#*\"id\":}; id=${id%%,*}; )" + answer +
         "; done'";
}

/// Says `members`, e.g. `"verdict":"win"`.
inline std::string say(const std::string& members) {
  std::string escaped;
  for (const char c : members) escaped += c == '"' ? std::string("\\\"") : std::string(1, c);
  return "echo \"{\\\"id\\\":$id," + escaped + "}\"";
}

}  // namespace assay

#include "cli/strategy_options.h"

#include "assay/asking/strategies.h"
#include "assay/core/utf8.h"
#include "cli/help.h"
#include "cli/interrupt.h"

namespace assay::cli {

judge::ProgramHooks strategy_hooks(Terminal& terminal) {
  judge::ProgramHooks hooks;
  hooks.waiting = stop_if_interrupted;
  hooks.said = [&terminal](std::string_view line) { terminal.note("strategy: " + escaped(line)); };
  return hooks;
}

std::vector<std::string> split_names(std::string_view list) {
  std::vector<std::string> names(1);
  char quote = 0;  // that is open
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    if (c == ',' && quote == 0) {
      if (!names.back().empty()) names.emplace_back();
      continue;
    }
    names.back() += c;
    if (c == '\\' && quote != '\'' && i + 1 < list.size()) {
      names.back() += list[++i];
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    }
  }
  if (names.back().empty()) names.pop_back();
  return names;
}

std::string strategy_footer() { return listing("Strategies", asking::strategy_listing()); }

}  // namespace assay::cli

#include "cli/oracle_options.h"

#include <utility>
#include <vector>

#include "cli/help.h"

namespace assay {

void add_oracle_options(CLI::App& app, OracleOptions& options) {
  app.add_option("--oracle", options.name, "Who judges, see below")->capture_default_str()->option_text("NAME");
}

std::string oracle_listing(bool scores) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const OracleEntry& entry : oracles()) {
    if (scores ? entry.scores == nullptr : entry.verdicts == nullptr) continue;
    rows.emplace_back(form_of(entry), entry.help);
  }
  return listing("Oracles", rows);
}

}  // namespace assay

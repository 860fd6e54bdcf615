#include "cli/oracle_options.h"

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "assay/core/utf8.h"
#include "cli/help.h"
#include "cli/interrupt.h"

namespace assay {

void add_oracle_options(CLI::App& app, OracleOptions& options, Terminal& terminal) {
  options.waiting = stop_if_interrupted;
  options.said = [&terminal](std::string_view line) { terminal.note("judge: " + escaped(line)); };
  app.add_option("--oracle", options.name, "Who judges, see below")->capture_default_str()->option_text("NAME");
  const auto take = [&options](double seconds) {
    if (!(seconds >= 0.001 && seconds <= 1e6)) {
      throw CLI::ValidationError("--timeout", "expected 0.001 to 1000000 seconds");
    }
    options.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(1000 * seconds));
  };
  app.add_option_function<double>("--timeout", take,
                                  "Seconds without an answer after which a live oracle has failed (default: 60)")
      ->option_text("SECONDS");
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

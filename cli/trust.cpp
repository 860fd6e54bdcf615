#include "assay/view/trust.h"

#include <memory>

#include "cli/help.h"
#include "cli/verb.h"

namespace assay::cli {

void add_trust(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::TrustRequest>();
  app.add_option("STUDY", request->study, "Study file that people have judged in")->required();
  app.add_option("--judge", request->judge,
                 "The judge in question, recorded or live, by its name in assay info or a part of it (default: the "
                 "only one)")
      ->option_text("NAME");
  app.add_option("--baseline", request->baseline, "What people compared with (default: the only one)")
      ->option_text("NAME");
  app.add_option("--seed", request->seed, "Of the bootstrap behind the intervals of alpha")->capture_default_str();
  app.footer(examples({"assay trust mine.assay --judge gpt-4o-mini", "assay trust mine.assay --json"}));
  app.callback([request, &terminal] {
    const app::TrustReport report = app::run_trust(*request);
    terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report); });
  });
}

}  // namespace assay::cli

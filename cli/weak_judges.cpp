#include "assay/view/weak_judges.h"

#include <memory>

#include "cli/choice_options.h"
#include "cli/help.h"
#include "cli/verb.h"

namespace assay::cli {

void add_weak_judges(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::WeakJudgesRequest>();
  app.add_option("STUDY", request->study, "Study file")->required();
  app.add_option("--threads", request->threads, "Threads (default: one per core)");
  add_choice_options(app, request->choice);
  add_weak_options(app, request->options);
  app.footer(
      examples({"assay weak-judges alpaca.assay", "assay weak-judges alpaca.assay --weak-tokens words --json"}));
  app.callback([request, &terminal] {
    const app::WeakJudgesReport report = app::run_weak_judges(*request, terminal.start_progress());
    terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.colour()); });
  });
}

}  // namespace assay::cli

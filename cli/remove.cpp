#include "assay/view/remove.h"

#include <memory>

#include "cli/help.h"
#include "cli/verb.h"

namespace assay::cli {

void add_remove(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::RemoveRequest>();
  app.add_option("STUDY", request->study, "Study file")->required();
  app.add_option("--model", request->removal.models,
                 "A model, with its responses, verdicts, scores, labels and kept answers; may be repeated")
      ->allow_extra_args(false)
      ->option_text("NAME");
  app.add_option("--judge", request->removal.judges, "A recorded judge, with its verdicts and scores; may be repeated")
      ->allow_extra_args(false)
      ->option_text("NAME");
  app.footer(
      "Prompts stay, and so does the account of what was paid. Nothing is asked before it is done: keep a copy of the\n"
      "study if in doubt.\n\n" +
      examples({"assay remove mine.assay --model gpt-3.5", "assay remove mine.assay --judge rouge"}));
  app.callback([request, &terminal] {
    const app::RemoveReport report = app::run_remove(*request);
    if (terminal.json || !terminal.quiet) {
      terminal.print(terminal.json ? view::to_json(report) : view::to_text(report));
    }
  });
}

}  // namespace assay::cli

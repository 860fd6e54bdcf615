#include "assay/view/allocate.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/utf8.h"
#include "assay/view/judge_bill.h"
#include "cli/help.h"
#include "cli/oracle_options.h"
#include "cli/scoring_options.h"
#include "cli/verb.h"

namespace assay::cli {

void add_allocate(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::AllocateRequest>();
  const auto dry_run = std::make_shared<bool>(false);
  app.add_option("STUDY", request->study, "Study file; every score of a live judge is kept in it")->required();
  app.add_option("--budget", request->budget,
                 "Judge calls; those whose scores the study has already count, but cost nothing")
      ->required();
  add_oracle_options(app, request->oracle, terminal);
  app.add_option("--allocator", request->allocator, "How to choose what is scored next, see below")
      ->capture_default_str()
      ->option_text("NAME");
  app.add_option("--seed", request->seed, "Of what the recorded oracle draws")->capture_default_str();
  app.add_option("-j,--batch", request->batch, "Calls to ask for at a time")->capture_default_str();
  app.add_option("--threads", request->threads, "Threads for the intervals (default: one per core)");
  add_llm_options(app, request->oracle.llm, false, *dry_run);
  app.add_option("--judge", request->choice.judge, "Whose scores, if the study has several judges")
      ->option_text("NAME");
  add_scoring_options(app, request->choice, request->scale);
  add_estimate_options(app, request->estimate, request->parameters);
  add_all_flag(app, terminal.all);
  app.footer(oracle_listing(true) + "\n" + allocator_listing() + "\n" +
             examples({"assay allocate geval.assay --judge geval/coherence --budget 20000",
                       "assay allocate mine.assay --budget 5000 --scale 1,5 --json"}) +
             "\nA run with a live judge that was broken off goes on where it stopped: give the same command again. "
             "A larger budget goes "
             "on, too.");
  app.callback([request, dry_run, &app, &terminal] {
    finish_llm_options(app, request->oracle, *dry_run);
    if (*dry_run) {
      const asking::JudgeEstimate estimate = app::estimate_allocate(*request);
      terminal.show([&] { return view::to_json(estimate); }, [&] { return view::to_text(estimate); });
      return;
    }
    const asking::AllocateReport report = app::run_allocate(*request, terminal.start_progress());
    terminal.show([&] { return view::to_json(report); },
                  [&] { return view::to_text(report, terminal.colour(), terminal.all); });
    if (report.trouble.empty()) return;
    terminal.error(escaped(report.trouble));
    terminal.exit_status = static_cast<int>(Exit::failed);
  });
}

}  // namespace assay::cli

#include "assay/view/info.h"

#include <memory>

#include "cli/help.h"
#include "cli/verb.h"

namespace assay::cli {

void add_info(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::InfoRequest>();
  app.add_option("STUDY", request->study, "Study file")->required();
  add_all_flag(app, terminal.all);
  app.footer(examples({"assay info alpaca.assay", "assay info alpaca.assay --json"}));
  app.callback([request, &terminal] {
    const app::InfoReport report = app::run_info(*request);
    terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.all); });
  });
}

}  // namespace assay::cli

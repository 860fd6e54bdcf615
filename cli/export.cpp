#include "assay/view/export.h"

#include <memory>
#include <utility>
#include <vector>

#include "assay/exports/export_format.h"
#include "cli/help.h"
#include "cli/verb.h"

namespace assay::cli {

void add_export(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::ExportRequest>();
  std::vector<std::pair<std::string, std::string>> rows;
  for (const exports::ExportFormat& format : exports::export_formats()) rows.emplace_back(format.name, format.help);
  app.add_option("STUDY", request->study, "Study file")->required();
  app.add_option("--format", request->format, "Format to write, see below (default: by the ending of the file)")
      ->option_text("FORMAT");
  app.add_option("-o,--output", request->output, "File or folder to write")->required()->option_text("PATH");
  app.footer(listing("Formats", rows) +
             "\nWhat live judges said is written beside what was imported. Keys and local paths are not.\n\n" +
             examples({"assay export mine.assay -o mine.jsonl",
                       "assay export mine.assay --format alpaca-eval -o results"}));
  app.callback([request, &terminal] {
    const app::ExportReport report = app::run_export(*request);
    if (terminal.json || !terminal.quiet) {
      terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report); });
    }
  });
}

}  // namespace assay::cli

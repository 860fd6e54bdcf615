#include "assay/view/remove.h"

#include <algorithm>
#include <memory>

#include "assay/core/error.h"
#include "assay/core/nearest_name.h"
#include "cli/help.h"
#include "cli/verb.h"

namespace assay::cli {
namespace {

// "; did you mean "gpt-4"?" for the first name that the study has not.
std::string meant(const app::RemoveRequest& request) {
  if (request.removal.models.empty() && request.removal.judges.empty()) return "";
  const store::Study study(request.study, store::Study::Mode::read);
  const auto in = [](const std::vector<std::string>& wanted, const std::vector<std::string>& known) -> std::string {
    for (const std::string& name : wanted) {
      if (std::ranges::find(known, name) != known.end()) continue;
      const std::optional<std::string> near = nearest_name(name, known);
      return near ? "; did you mean " + quoted(*near) + "?" : "";
    }
    return "";
  };
  const std::string model = in(request.removal.models, study.models());
  return model.empty() ? in(request.removal.judges, study.judges()) : model;
}

app::RemoveReport removed(const app::RemoveRequest& request) {
  try {
    return app::run_remove(request);
  } catch (const InvalidArgument& error) {
    throw InvalidArgument(error.what() + meant(request));
  }
}

}  // namespace

void add_remove(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::RemoveRequest>();
  app.add_option("STUDY", request->study, "Study file")->required();
  app.add_option("--model", request->removal.models,
                 "A model, with its responses, verdicts, scores, labels and kept answers; may be repeated")
      ->allow_extra_args(false)
      ->option_text("NAME");
  app.add_option("--judge", request->removal.judges,
                 "A recorded judge, with its verdicts and scores; may be repeated")
      ->allow_extra_args(false)
      ->option_text("NAME");
  app.footer(
      "Prompts stay, and so does the account of what was paid. Nothing is asked before it is done:\n"
      "keep a copy of the study if in doubt.\n\n" +
      examples({"assay remove mine.assay --model gpt-3.5", "assay remove mine.assay --judge rouge"}));
  app.callback([request, &terminal] {
    const app::RemoveReport report = removed(*request);
    if (terminal.json || !terminal.quiet) {
      terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report); });
    }
  });
}

}  // namespace assay::cli

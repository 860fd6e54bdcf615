#include "assay/view/doctor.h"

#include <memory>

#include "assay/http/api_request.h"
#include "cli/endpoint_environment.h"
#include "cli/help.h"
#include "cli/oracle_options.h"
#include "cli/verb.h"

namespace assay::cli {
namespace {

void run_doctor(const CLI::App& app, app::DoctorRequest& request, Terminal& terminal) {
  asking::LlmOptions& llm = request.llm;
  take_endpoint_environment(app, "--judge-key-env", false, llm.headers.value_or(http::Headers{}), llm.default_url,
                            llm.key);
  request.waiting = terminal.waiting();
  request.troubled = trouble_line(terminal);
  terminal.status("asking " + llm.model);
  const app::DoctorReport report = app::run_doctor(request);
  terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report); });
  const Exit status = !report.can_judge ? Exit::undecided : *report.can_judge ? Exit::done : Exit::failed;
  terminal.exit_status = static_cast<int>(status);
}

}  // namespace

void add_doctor(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::DoctorRequest>();
  add_endpoint_options(app, request->llm,
                       {"The LLM that is to judge", "OPENAI_BASE_URL", "", "the requests may cost together"});
  add_timeout_option(app, request->timeout);
  app.footer(
      "It asks about two pairs that are made up, each in both orders, as a run would: at most 8 requests.\n"
      "Exit status 0: it can serve as a judge with these options; 1: it can't; 3: --max-cost came before that\n"
      "was known.\n\n" +
      examples({"assay doctor --judge-url http://localhost:8000/v1 --judge-model m",
                "assay doctor --judge-url https://host/v1 --judge-model m --prices prices.json --max-cost 0.05"}));
  app.callback([request, &app, &terminal] { run_doctor(app, *request, terminal); });
}

}  // namespace assay::cli

#include <fmt/format.h>

#include <memory>
#include <string>

#include "assay/http/http_client.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/person_terminal.h"
#include "cli/verb.h"
#include "server/rating_session.h"

namespace assay::cli {

void add_rate(CLI::App& app, Terminal& terminal) {
  const auto link = std::make_shared<std::string>();
  app.add_option("LINK", *link, "A rater's link, as assay view shows it; the token in it is a secret")->required();
  app.footer(
      "You see a prompt and two answers without names; one key says which is better. Nothing is lost when you "
      "leave,\n"
      "or when the other end can't be reached for a while.\n\n" +
      examples({"assay rate http://127.0.0.1:8080/0f3c.../"}));
  app.callback([link, &terminal] {
    // Nothing is followed but this link: no redirects, no proxy of the environment.
    const std::unique_ptr<http::HttpClient> http = http::make_http_client();
    server::RatingClient client(*link, *http, [] { stop_if_interrupted(); });
    PersonTerminal person("assay rate", "link");
    const server::RatingEnd end =
        server::rate(client, person, [&](std::string_view line) { terminal.status(line); });
    terminal.show(
        [&] { return report::Json::object().set("verdicts", end.verdicts).set("decided", end.decided).pretty(); },
        [&] {
          return fmt::format("{} so far{}\n", report::counted(end.verdicts, "verdict"),
                             end.decided ? ". Nothing is left to judge: thank you" : "; the same link goes on");
        });
  });
}

}  // namespace assay::cli

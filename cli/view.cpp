#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/data/cell_words.h"
#include "assay/view/page_html.h"
#include "cli/browser.h"
#include "cli/help.h"
#include "cli/names_option.h"
#include "cli/open_files.h"
#include "cli/oracle_options.h"
#include "cli/select.h"
#include "cli/select_command.h"
#include "cli/share_option.h"
#include "cli/verb.h"
#include "server/study_page.h"
#include "web/page_assets.h"

namespace assay::cli {
namespace {

struct ViewArguments {
  SelectArguments selection;
  server::StudyPageOptions page;
  bool no_browser = false;
};

// Where no oracle is named, a run from the page may ask the LLM that the study remembers.
void finish_oracle(const CLI::App& app, ViewArguments& options) {
  asking::OracleOptions& oracle = options.selection.request.oracle;
  options.page.live.oracle_given = app.get_option("--oracle")->count() > 0;
  finish_selection_options(app, options.selection);
  if (options.page.live.oracle_given) return;
  asking::OracleOptions as_llm = oracle;
  as_llm.name = "llm";
  finish_llm_options(app, as_llm, false);
  oracle.llm = as_llm.llm;
}

// "ann, ben" are two people, and neither is called " ben".
void finish_raters(const CLI::App& app, std::vector<std::string>& raters) {
  for (std::string& name : raters) name = std::string(data::without_blanks(name));
  std::erase(raters, "");
  constexpr std::size_t kLongestName = 100;
  for (const std::string& name : raters) {
    if (escaped(name) == name && name.size() <= kLongestName) continue;
    throw CLI::ValidationError(
        "--raters", fmt::format("expected names without control characters, of at most {} bytes, came {}",
                                kLongestName, assay::quoted(name.substr(0, kLongestName))));
  }
  if (raters.empty() && app.get_option("--raters")->count() > 0) {
    throw CLI::ValidationError("--raters", "expected names of people, came none");
  }
}

// The options of the command with those that the page chose in their place.
std::vector<std::string> with_order(std::vector<std::string> given, const server::RunOrder& order) {
  const auto set = [&](const std::string& option, const std::optional<std::string>& value) {
    if (!value) return;
    std::erase_if(given, [&](const std::string& word) { return word.starts_with(option + "="); });
    given.push_back(option + "=" + *value);
  };
  const auto number = [](const std::optional<double>& value) {
    return value ? std::optional(fmt::format("{}", *value)) : std::nullopt;
  };
  set("--baseline", order.baseline);
  set("--budget", number(order.budget));
  set("--epsilon", number(order.epsilon));
  set("--confidence", number(order.confidence));
  return given;
}

// What goes with select, or with raters, alone.
void check_used(const CLI::App& app, const ViewArguments& options) {
  const auto given = [&](const char* name) { return app.get_option(name)->count() > 0; };
  for (const char* name : {"--plot", "--dry-run", "--verbose"}) {
    if (given(name)) throw CLI::ValidationError(name, "goes with assay select, not with a page");
  }
  const bool raters = !options.page.raters.raters.empty();
  if (!raters && given("--rater-share")) throw CLI::ValidationError("--rater-share", "goes with --raters");
  if (raters && given("--oracle") && options.selection.request.oracle.name != "people") {
    throw CLI::ValidationError("--raters", "people judge: no other --oracle goes with them");
  }
}

void run(const CLI::App& app, ViewArguments& options, Terminal& terminal) {
  view::require_page(web::page_assets());
  finish_oracle(app, options);
  finish_raters(app, options.page.raters.raters);
  check_used(app, options);
  allow_many_connections();
  options.page.live.request = options.selection.request;
  server::StudyPage page(options.page, web::page_assets());
  for (const std::string& note : page.notes()) terminal.note(escaped(with_options(note)));
  for (const auto& [rater, link] : page.rater_links()) terminal.announce(escaped(rater) + " judges at " + link);
  if (options.page.server.public_url.empty() &&
      (options.page.server.address == "0.0.0.0" || options.page.server.address == "::")) {
    terminal.announce("others put an address of this machine in place of 127.0.0.1");
  }
  const bool opened = !options.no_browser && terminal.live() && open_in_browser(page.owner_link());
  terminal.announce((opened ? "opened " : "open ") + page.owner_link());
  page.run(true);
}

}  // namespace

void add_view(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<ViewArguments>();
  server::PageServerOptions& server = options->page.server;
  app.add_option("STUDY", options->selection.request.study, "Study file; it may be in use by another process")
      ->required();
  const std::string group = "The page";
  add_port_option(app, server.port, "Port to listen at")->group(group);
  app.add_option("--listen", server.address, "Address of this machine, in numbers, for others to come")
      ->capture_default_str()
      ->option_text("ADDRESS")
      ->group(group);
  app.add_option("--public-url", server.public_url,
                 "Where a proxy with TLS shows the page to others, https://judges.example.org")
      ->option_text("URL")
      ->group(group);
  app.add_flag("--read-only", options->page.live.read_only, "Nobody can start a run from the page")->group(group);
  app.add_flag("--no-browser", options->no_browser, "Only tell the link")->group(group);
  add_names_option(app, "--raters", options->page.raters.raters,
                   "People who judge on the page, a link for each; what they say counts as one judge")
      ->option_text("A,B,...")
      ->group(group);
  add_share_option(app, "--rater-share", options->page.raters.share_given_twice,
                   "Share of the pairs that two raters are given, to see how far they agree (default: 20%)")
      ->group(group);
  const std::vector<const CLI::Option*> rules = add_selection_options(app, options->selection, terminal, false);
  app.footer(
      examples(
          {"assay view alpaca.assay", "assay view mine.assay --oracle llm --judge-model gpt-5 --max-cost 5",
           "assay view mine.assay --baseline gpt-4 --raters ann,ben --public-url https://judges.example.org"}) +
      "\nShows what is known, and follows a run of another process as it goes. Options of select say what a run\n"
      "asks that is started from the page. Whoever has the link may see and do everything: it is a key.\n"
      "Ctrl-C ends it; a run of the page ends with it, and goes on with the next.");
  app.callback([options, &app, &terminal, rules] {
    options->page.live.command = [options, given = typed(rules)](const asking::SelectReport& report,
                                                                 const server::RunOrder& order) {
      return select_command(options->selection.request.study, with_order(given, order), report);
    };
    run(app, *options, terminal);
  });
}

}  // namespace assay::cli

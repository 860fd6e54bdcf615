#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "assay/app/selection_checks.h"
#include "assay/app/selection_comparison.h"
#include "assay/core/error.h"
#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/exports/output_file.h"
#include "assay/report/display_width.h"
#include "assay/report/numbers.h"
#include "assay/view/junit.h"
#include "assay/view/page.h"
#include "assay/view/page_html.h"
#include "assay/view/select.h"
#include "cli/help.h"
#include "cli/report_parts.h"
#include "cli/select.h"
#include "cli/select_command.h"
#include "cli/share_option.h"
#include "cli/strategy_options.h"
#include "cli/verb.h"
#include "web/page_assets.h"

namespace assay::cli {
namespace {

constexpr double kMegabyte = 1e6;

struct ReportArguments {
  ReportInputs inputs;
  std::string output;  ///< Empty: none. "-": standard output.
  app::SelectionChecks checks;
  std::string junit;
  double most_megabytes = 1.5;
  bool no_timing = false;
};

// What select tells of its result beside it.
std::vector<std::string> notes_of(const asking::SelectReport& report) {
  std::vector<std::string> notes = report.notes;
  if (!report.trouble.empty()) notes.push_back("the endpoint ended the run: " + report.trouble);
  return notes;
}

void tell_notes(const std::vector<ReportPart>& parts, Terminal& terminal) {
  for (const ReportPart& part : parts) {
    const std::string of = parts.size() > 1 ? escaped(part.document.title) + ": " : "";
    for (const std::string& note : notes_of(part.report)) {
      terminal.note("Note: " + of + escaped(with_options(note)));
    }
  }
}

std::vector<view::CheckedSelection> run_checks(const std::vector<ReportPart>& parts,
                                               const app::SelectionChecks& checks) {
  std::vector<view::CheckedSelection> checked;
  if (!app::checks_anything(checks)) return checked;
  for (const ReportPart& part : parts) {
    if (!part.is_selection) continue;
    checked.push_back({part.document.source, app::check_selection(part.report, checks), notes_of(part.report)});
  }
  if (checked.empty()) throw InvalidArgument("checks are about selections, and none is given");
  return checked;
}

std::optional<view::PageDocument> comparison_of(const std::vector<ReportPart>& parts) {
  std::vector<app::ComparedSelection> selections;
  for (const ReportPart& part : parts) {
    if (part.is_selection) selections.push_back({part.document.source, &part.report, part.selection.get()});
  }
  if (selections.size() < 2) return std::nullopt;
  return view::comparison_document(app::compare_selections(std::move(selections)));
}

std::string now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
}

struct Page {
  report::Json json;
  std::string text;  ///< Of all documents.
  std::string title;
  std::size_t calls = 0, exchanges = 0, left_out = 0;
};

std::string html_of(const Page& page) {
  return view::page_html(page.json, page.title, page.text, web::page_assets());
}

// As many exchanges as fit.
Page make_page(std::vector<ReportPart>& parts, const std::vector<view::CheckedSelection>& checked,
               const ReportArguments& arguments) {
  std::vector<view::PageDocument> documents;
  if (std::optional<view::PageDocument> comparison = comparison_of(parts))
    documents.push_back(std::move(*comparison));
  const std::size_t before = documents.size();
  for (ReportPart& part : parts) documents.push_back(std::move(part.document));
  Page page;
  const std::optional<std::string> made = arguments.no_timing ? std::nullopt : std::optional(now());
  for (const view::PageDocument& document : documents) page.text += document.title + "\n\n" + document.text + "\n";
  page.title = "Assay: " + documents.front().title;
  const auto json = [&] { return view::page_json(documents, made, false, checked); };
  const auto most = static_cast<std::size_t>(arguments.most_megabytes * kMegabyte);
  std::size_t bytes = view::embedded(json()).size();
  if (!arguments.output.empty()) {  // else only the data is wanted
    for (const web::PageAsset& asset : web::page_assets()) bytes += asset.body.size();
  }
  std::size_t left = most > bytes + page.text.size() ? most - bytes - page.text.size() : 0;
  auto with_texts = std::ranges::count_if(parts, [](const ReportPart& part) { return part.selection != nullptr; });
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].selection == nullptr) continue;
    view::PageDocument& document = documents[before + i];
    left -= view::add_exchanges(document, *parts[i].selection, left / static_cast<std::size_t>(with_texts--));
    page.calls += parts[i].selection->verdicts().size();
    page.exchanges += document.exchanges.size();
    page.left_out += document.exchanges_left_out;
  }
  page.json = json();
  return page;
}

void write_file(const std::string& path, const std::string& text) {
  exports::OutputFile file(path);
  file.write(text);
  file.finish();
}

std::string lines_of(const view::PageDocument& document, std::string_view indent) {
  std::string text;
  for (const std::string& line : document.summary) text.append(indent).append(line).append("\n");
  return text;
}

// "Judge: gpt-4 (recorded)".
std::string judge_line(const asking::SelectReport& report) {
  if (report.judge.empty()) return "";
  const std::string how = report.oracle == "kept"       ? "answers kept of a live judge"
                          : report.oracle == "recorded" ? "recorded"
                                                        : "oracle " + escaped(report.oracle);
  return "Judge: " + report::shown_name(report.judge) + " (" + how + ")\n";
}

// What was found in each, and before it in the comparison of all.
std::string summary_of(const std::vector<ReportPart>& parts) {
  if (parts.size() == 1) return lines_of(parts.front().document, "") + judge_line(parts.front().report);
  std::string text;
  const auto add = [&](const view::PageDocument& document) {
    text += escaped(document.title) + "\n" + lines_of(document, "  ");
  };
  if (const std::optional<view::PageDocument> comparison = comparison_of(parts)) add(*comparison);
  for (const ReportPart& part : parts) {
    add(part.document);
    const std::string judge = judge_line(part.report);
    if (!judge.empty()) text += "  " + judge;
  }
  return text;
}

std::string texts_line(const Page& page) {
  if (page.calls == 0) return "";
  std::string line =
      report::counted(page.calls, "call") + ", " + report::grouped(page.exchanges) + " of them with their texts";
  if (page.left_out > 0) line += "; for more of them a larger --max-size";
  return line + "\n";
}

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code unknown;
  if (a == b || std::filesystem::equivalent(a, b, unknown)) return true;
  const auto whole = [&](const std::string& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, unknown), unknown);
  };
  return whole(a) == whole(b);
}

// What would be lost if it were written.
void check_files(const ReportArguments& arguments) {
  if (arguments.junit == "-") {
    throw InvalidArgument("`junit` needs a file of its own: standard output has the result");
  }
  for (const std::string& written : {arguments.output, arguments.junit}) {
    if (written.empty() || written == "-") continue;
    for (const std::string& input : arguments.inputs.paths) {
      if (input != "-" && is_same_file(written, input)) {
        throw InvalidArgument(escaped(written) + ": expected a file to write, came one that is read");
      }
    }
  }
  if (!arguments.junit.empty() && !arguments.output.empty() && is_same_file(arguments.junit, arguments.output)) {
    throw InvalidArgument(escaped(arguments.junit) + ": the page and `junit` need a file each");
  }
}

void check_arguments(const ReportArguments& arguments, const Terminal& terminal) {
  app::check_complete(arguments.checks, !arguments.junit.empty());
  check_files(arguments);
  if (!(arguments.most_megabytes >= 0))
    throw InvalidArgument("the page's size must be a number of megabytes from 0 on");
  if (arguments.output == "-" && terminal.json) {
    throw InvalidArgument("JSON and the page can't both go to standard output: name a file for the page");
  }
  if (!arguments.output.empty()) view::require_page(web::page_assets());
}

void set_status(const std::vector<view::CheckedSelection>& checked, Terminal& terminal) {
  std::vector<app::CheckResult> all;
  for (const view::CheckedSelection& selection : checked) {
    all.insert(all.end(), selection.results.begin(), selection.results.end());
  }
  switch (app::worst_of(all)) {
    case app::CheckOutcome::passed: break;
    case app::CheckOutcome::failed: terminal.exit_status = static_cast<int>(Exit::check_failed); break;
    case app::CheckOutcome::undecided: terminal.exit_status = static_cast<int>(Exit::undecided); break;
  }
}

void run_report(ReportArguments& arguments, Terminal& terminal) {
  check_arguments(arguments, terminal);
  std::vector<ReportPart> parts = read_report_parts(arguments.inputs, terminal);
  tell_notes(parts, terminal);
  const std::vector<view::CheckedSelection> checked = run_checks(parts, arguments.checks);
  std::string text = summary_of(parts);
  if (!arguments.junit.empty()) write_file(arguments.junit, view::to_junit(checked));
  std::optional<Page> made;
  const auto page = [&]() -> const Page& {
    return made ? *made : made.emplace(make_page(parts, checked, arguments));
  };
  const std::string checks_text = view::to_text(checked);
  set_status(checked, terminal);
  if (arguments.output == "-") {
    terminal.print(html_of(page()));
    if (!checks_text.empty()) terminal.note(std::string_view(checks_text).substr(0, checks_text.size() - 1));
    return;
  }
  if (!arguments.output.empty()) {
    const std::string html = html_of(page());
    write_file(arguments.output, html);
    text += texts_line(page());
    text += "Wrote: " + escaped(arguments.output) + ", " + report::byte_size(html.size()) + "\n";
  }
  terminal.show([&] { return page().json.pretty(); }, [&] { return text + checks_text; });
}

// A variable of the shell that is not set must not leave a check out.
CLI::Validator not_empty() {
  return {[](const std::string& text) { return text.empty() ? std::string("expected a value, came none") : ""; },
          ""};
}

void add_check_options(CLI::App& app, ReportArguments& arguments) {
  const std::string group = "Checks, for continuous integration: exit status 4 if one fails";
  const auto take_limit = [&arguments](const std::string& text) {
    const std::string number = share_of(text);
    double limit = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), limit);
    if (error == std::errc() && end == number.data() + number.size() && std::isfinite(limit)) {
      arguments.checks.fail_below = limit;
      arguments.checks.of_scale = text.ends_with('%');
      return;
    }
    throw CLI::ValidationError("--fail-below", "expected a number, or percent, came " + assay::quoted(text));
  };
  app.add_option_function<std::string>("--fail-below", take_limit,
                                       "Fail if the rate of --model is lower, by all of its 95 % interval: 0.55 or "
                                       "55% of win rates and accuracies; of "
                                       "scores in their own units, or percent of their scale. If only a part of "
                                       "the interval is lower, the exit status "
                                       "is 3")
      ->option_text("RATE")
      ->group(group);
  app.add_option("--model", arguments.checks.model, "Whose rate (default: that of the model that is found)")
      ->check(not_empty())
      ->option_text("NAME")
      ->group(group);
  app.add_option(
         "--expect-best", arguments.checks.expect_best,
         "Fail if another model is found, or this one can't be the best any more. If that is not decided, the "
         "exit status is 3")
      ->check(not_empty())
      ->option_text("NAME")
      ->group(group);
  app.add_option("--junit", arguments.junit, "Write what was checked into this XML file, as JUnit does")
      ->check(not_empty())
      ->option_text("FILE")
      ->group(group);
}

}  // namespace

void add_report(CLI::App& app, Terminal& terminal) {
  const auto arguments = std::make_shared<ReportArguments>();
  arguments->inputs.request.oracle.name.clear();
  app.add_option(
         "INPUT", arguments->inputs.paths,
         "Studies, whose selection is done again without asking anybody, and files that select, find, allocate, "
         "simulate, ensemble or route wrote with --json; - is standard input")
      ->required();
  app.add_option("-o,--output", arguments->output, "HTML file to write; - is standard output")
      ->check(not_empty())
      ->option_text("FILE");
  app.add_option(
         "--max-size", arguments->most_megabytes,
         "How large the page may be, in megabytes: it has as many texts of the judged answers as fit; 0: none")
      ->capture_default_str()
      ->option_text("MB");
  app.add_flag("--no-timing", arguments->no_timing,
               "Leave out when it was made: the same study gives the same bytes");
  add_check_options(app, *arguments);
  arguments->inputs.request.program = strategy_hooks(terminal);
  const auto take_oracle = [arguments](const std::string& text) {
    if (text != "recorded" && text != "kept" && text != "people") {
      throw CLI::ValidationError("--oracle", "expected recorded, kept or people, came " + assay::quoted(text));
    }
    arguments->inputs.request.oracle.name = text;
  };
  app.add_option_function<std::string>(
         "--oracle", take_oracle,
         "recorded: the study's own judgements; kept: the answers of a live judge that it "
         "has; people: what people said, together (default: recorded, if there are any of --judge, else kept)")
      ->option_text("NAME");
  const std::vector<const CLI::Option*> rules = add_rule_options(app, arguments->inputs.request);
  app.footer(
      strategy_footer() + "\n" +
      examples({"assay report alpaca.assay -o alpaca.html", "assay report before.assay after.assay -o both.html",
                "assay select mt.assay --json | assay report - -o mt.html",
                "assay report alpaca.assay --fail-below 55% --model my-model --junit assay.xml"}));
  app.callback([arguments, &terminal, rules] {
    arguments->inputs.given = typed(rules);
    run_report(*arguments, terminal);
  });
}

}  // namespace assay::cli

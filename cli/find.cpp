#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "assay/app/import.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/numbers.h"
#include "assay/store/study_copy.h"
#include "cli/help.h"
#include "cli/oracle_options.h"
#include "cli/select.h"
#include "cli/strategy_options.h"
#include "cli/verb.h"

namespace assay::cli {
namespace {

struct FindArguments {
  SelectArguments selection;
  std::vector<std::string> prompts;
  std::string prompt_template;
};

// Called after the prompts, in the working directory: what stands before their usual ends.
std::string study_of(const std::string& prompts) {
  std::string name = std::filesystem::path(prompts).filename().string();
  for (const auto& ends :
       {std::array{".gz", ".zst", "", "", ""}, std::array{".jsonl", ".json", ".csv", ".tsv", ".txt"}}) {
    for (const std::string_view end : ends) {
      if (!end.empty() && name.size() > end.size() && name.ends_with(end)) {
        name.resize(name.size() - end.size());
        break;
      }
    }
  }
  return name + ".assay";
}

std::string prompts_note(const app::ImportReport& report, bool there) {
  const std::size_t all = report.now.queries;
  const std::size_t added = report.counts.queries;
  std::string note = report::counted(all, "prompt", "prompts") + " in " + escaped(report.study);
  if (there && added > 0) note += ", " + report::grouped(added) + " of them new: all of them count";
  if (there) note += ", and so do answers and judgements that are there";
  if (!there && report.counts.repeated > 0) {
    note += "; " + report::counted(report.counts.repeated, "row repeats a prompt", "rows repeat a prompt");
  }
  return note;
}

// A study of the same content as the one at `path`, or none yet, which is gone at the end: what a dry run reads.
class PassingStudy {
 public:
  explicit PassingStudy(const std::string& path) {
    std::string pattern = (std::filesystem::temp_directory_path() / "assay-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw Error(escaped(pattern) + ": no folder can be made there");
    folder_ = pattern;
    if (std::filesystem::exists(path)) store::copy_study(path, this->path());
  }
  ~PassingStudy() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  PassingStudy(const PassingStudy&) = delete;
  PassingStudy& operator=(const PassingStudy&) = delete;

  std::string path() const { return (folder_ / "dry-run.assay").string(); }

 private:
  std::filesystem::path folder_;
};

void run(const CLI::App& app, FindArguments& options, Terminal& terminal) {
  finish_selection_options(app, options.selection);
  for (const std::string& path : options.prompts) {
    if (!std::filesystem::exists(path)) throw Error(escaped(path) + ": there is no such file or folder");
  }
  std::string& study = options.selection.request.study;
  if (study.empty()) study = study_of(options.prompts.front());
  const bool there = std::filesystem::exists(study);
  const std::string named = study;
  std::optional<PassingStudy> passing;
  if (options.selection.dry_run) study = passing.emplace(study).path();
  app::ImportReport report =
      app::run_import({.paths = options.prompts, .study = study, .options = {.prompt = options.prompt_template}},
                      terminal.progress("import", report::ProgressUnit::bytes));
  report.study = named;
  terminal.note(prompts_note(report, there));
  run_selection(options.selection, terminal);
}

}  // namespace

void add_find(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<FindArguments>();
  options->selection.request.oracle.name = "llm";
  app.add_option("PROMPTS", options->prompts, "Files with prompts, as assay import reads them")
      ->required()
      ->option_text("...");
  app.add_option("-o,--output", options->selection.request.study,
                 "Study file that keeps all that is paid for (default: called after the prompts)")
      ->option_text("STUDY");
  app.add_option("--prompt", options->prompt_template,
                 "The prompt of each row, made of its columns: 'Translate into {language}: {text}'")
      ->option_text("TEMPLATE");
  add_selection_options(app, options->selection, terminal, true);
  app.footer(oracle_listing(false) +
             "\nCandidates answer, and the judge compares, only what tells who is best. A judge compares each "
             "answer with\n"
             "that of --baseline, by default the first candidate: put the model there that you use now.\n\n" +
             strategy_footer() + "\n" +
             examples({"assay find prompts.jsonl --candidates candidates.json --judge-model gpt-5 --max-cost 20",
                       "assay find prompts.jsonl --candidates candidates.json --judge-model gpt-5 --dry-run",
                       "assay find prompts.csv --candidates candidates.json --judge-model gpt-5 --measure score "
                       "--score-range 1,10"}) +
             "\n--max-cost needs the price of each candidate and, in --prices or under \"prices\" in the "
             "candidates' file,\n"
             "of the judge. Strategies that look at responses before the first call don't go with candidates.\n"
             "A run that was broken off goes on where it stopped: give the same command again.");
  app.callback([options, &app, &terminal] { run(app, *options, terminal); });
}

}  // namespace assay::cli

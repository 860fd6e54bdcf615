#include "assay/view/import.h"

#include <memory>
#include <utility>
#include <vector>

#include "assay/data/format.h"
#include "cli/help.h"
#include "cli/verb.h"

namespace assay::cli {

void add_import(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::ImportRequest>();
  std::vector<std::pair<std::string, std::string>> rows;
  for (const data::Format& format : data::formats()) rows.emplace_back(format.name, format.help);
  app.add_option("[FORMAT] PATH", request->paths, "Files or folders; before them their format, if it can't be seen")
      ->required()
      ->option_text("...");
  app.add_option("-o,--output", request->study, "Study file; made if missing, added to if not")
      ->required()
      ->option_text("STUDY");
  app.add_option("--annotator", request->options.annotator,
                 "alpaca-eval: whose annotations, where there are several")
      ->option_text("NAME");
  app.add_option("--judge", request->options.judge, "arena-hard: which judge of several; csv, jsonl: its name")
      ->option_text("NAME");
  app.add_option("--baseline", request->options.baseline,
                 "Model to compare with, where the files do not tell (not for alpaca-eval)")
      ->option_text("MODEL");
  app.add_option("--gold", request->options.gold,
                 "csv: column of the true labels (default: gold); the others are then what models predict")
      ->option_text("COLUMN");
  app.add_option("--task", request->options.task, "csv: column of the task or subject (default: task)")
      ->option_text("COLUMN");
  app.add_option("--weights", request->options.weights,
                 "csv: columns that say how much a query counts, e.g. traffic")
      ->delimiter(',')
      ->option_text("COLUMNS");
  app.add_option("--model", request->options.model,
                 "csv, jsonl, parquet, answers: whose answers the files hold, where they do not tell")
      ->option_text("NAME");
  app.add_option(
         "--prompt", request->options.prompt,
         "csv, jsonl, parquet: the prompt of each row, made of its columns: 'Translate into {language}: {text}'")
      ->option_text("TEMPLATE");
  app.add_option("--ignore", request->options.ignore, "csv, jsonl, parquet, answers: columns or keys to pass over")
      ->delimiter(',')
      ->option_text("COLUMNS");
  app.add_option("--na", request->options.na, "csv: cells that stand for \"not run\"; '' for none (default: NA)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->option_text("WORDS");
  app.add_option("--errors", request->errors, "Evaluation tools: samples that failed are missing or wrong")
      ->check(CLI::IsMember({"missing", "wrong"}))
      ->option_text("missing|wrong");
  app.add_option(
         "--run", request->options.run,
         "Evaluation tools: the run that counts where there are several, by a part of its name; else the newest")
      ->option_text("NAME");
  app.add_flag("--one-game", request->options.one_game,
               "arena-hard: where only one of the two games was judged, take it for both");
  add_all_flag(app, terminal.all);
  app.footer(listing("Formats", rows) +
             "\nYour own files need no format. Rows are lines of JSON, a JSON array, or a table whose columns\n"
             "are separated by commas, semicolons or tabs:\n"
             "  id,prompt,task,traffic,small,large   a model a column: scores, true/false, 85%, win/draw/loss\n"
             "  model,prompt_id,passed               a score a row\n"
             "  {\"prompt\": ..., \"response\": ...}    answers, in a file called after its model (or --model)\n"
             "  {\"prompt\": ...}                     prompts; without an id one is made of the text\n"
             "Usual names are known: question, instruction; output, completion; correct, rating; query_id, ...\n"
             "The report tells what was read as what. A folder with a file for each model goes as a whole.\n\n" +
             examples({"assay import prompts.jsonl answers/ -o mine.assay",
                       "assay import csv scores.csv --weights traffic -o mine.assay",
                       "assay import alpaca-eval alpaca_eval/results --annotator alpaca_eval_gpt4 -o alpaca.assay",
                       "assay import arena-hard data/arena-hard-v2.0 --judge gpt-4.1 -o arena.assay",
                       "assay import mt-bench data/mt_bench --baseline gpt-3.5-turbo -o mt.assay",
                       "assay import csv outcomes.csv --baseline gpt-4 -o mine.assay",
                       "assay import csv predictions.csv --gold answer --task category -o labels.assay",
                       "assay import battles arena.jsonl -o arena.assay"}));
  app.callback([request, &terminal] {
    const app::ImportReport report =
        app::run_import(*request, terminal.progress("import", report::ProgressUnit::bytes));
    if (terminal.json || !terminal.quiet) {
      terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.all); });
    }
  });
}

}  // namespace assay::cli

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
  app.add_option("FORMAT", request->format, "Format of the files, see below")->required();
  app.add_option("PATH", request->paths, "Files or folders")->required();
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
  app.add_option("--ignore", request->options.ignore, "csv: columns to pass over")
      ->delimiter(',')
      ->option_text("COLUMNS");
  app.add_option("--na", request->options.na, "csv: cells that stand for \"not run\"; '' for none (default: NA)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->option_text("WORDS");
  app.add_flag("--one-game", request->options.one_game,
               "arena-hard: where only one of the two games was judged, take it for both");
  add_all_flag(app, terminal.all);
  app.footer(
      listing("Formats", rows) +
      "\nA csv table has a query a row and a model a column. Its first column is called query, query_id, id,\n"
      "question_id or item; columns prompt, task, options and gold are known, too. For example:\n"
      "  id,prompt,task,traffic,model-a,model-b\n"
      "  q1,What is 2+2?,maths,120,1,0\n"
      "  assay import csv scores.csv --weights traffic -o mine.assay\n\n" +
      examples({"assay import alpaca-eval alpaca_eval/results --annotator alpaca_eval_gpt4 -o alpaca.assay",
                "assay import arena-hard data/arena-hard-v2.0 --judge gpt-4.1 -o arena.assay",
                "assay import mt-bench data/mt_bench --baseline gpt-3.5-turbo -o mt.assay",
                "assay import csv outcomes.csv --baseline gpt-4 -o mine.assay",
                "assay import csv predictions.csv --gold answer --task category -o labels.assay",
                "assay import battles arena.jsonl -o arena.assay"}));
  app.callback([request, &terminal] {
    const app::ImportReport report =
        app::run_import(*request, terminal.progress("import", report::ProgressUnit::bytes));
    if (terminal.json || !terminal.quiet) {
      terminal.print(terminal.json ? view::to_json(report) : view::to_text(report, terminal.all));
    }
  });
}

}  // namespace assay::cli

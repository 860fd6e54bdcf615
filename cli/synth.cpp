#include "assay/view/synth.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/help.h"
#include "cli/verb.h"

namespace assay::cli {

namespace {

struct SynthArguments {
  app::SynthRequest models;
  data::SyntheticScoresOptions scores;
  bool repeated = false;  // --scores
};

void run(const SynthArguments& options, Terminal& terminal) {
  if (!options.repeated) {
    const app::SynthReport report = app::run_synth(options.models, terminal.progress("synth"));
    terminal.show([&] { return view::to_json(report); },
                  [&] { return view::to_text(report, terminal.colour(), terminal.all); });
    return;
  }
  app::SynthScoresRequest request{options.models.study, options.scores};
  request.options.seed = options.models.options.seed;
  const app::SynthScoresReport report = app::run_synth_scores(request, terminal.progress("synth"));
  terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.colour()); });
}

}  // namespace

void add_synth(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<SynthArguments>();
  data::SyntheticOptions& models = options->models.options;
  std::vector<std::pair<std::string, std::string>> rows;
  for (const data::ScoreFamily& family : data::score_families()) rows.emplace_back(family.name, family.help);
  app.add_option("STUDY", options->models.study, "Study file to make")->required();
  CLI::Option* const scores =
      app.add_option("--scores", options->scores.family,
                     "Instead of models to compare: arms with repeated scores, their variances of a family below")
          ->option_text("FAMILY");
  app.add_option("--models", models.models, "Models besides the baseline")->capture_default_str()->excludes(scores);
  app.add_option("--queries", models.queries, "Queries")->capture_default_str()->excludes(scores);
  app.add_option("--spread", models.spread, "Standard deviation of the models' abilities")
      ->capture_default_str()
      ->excludes(scores);
  app.add_option("--arms", options->scores.arms, "Responses to score")->capture_default_str()->needs(scores);
  app.add_option("--repeats", options->scores.repeats, "Scores of each, an even number")
      ->capture_default_str()
      ->needs(scores);
  app.add_option("--seed", models.seed, "The same seed gives the same study")->capture_default_str();
  add_all_flag(app, terminal.all);
  app.footer(listing("Families", rows) + "\n" +
             examples({"assay synth demo.assay", "assay synth big.assay --models 50 --queries 1000 --seed 7",
                       "assay synth noisy.assay --scores two-groups --arms 500"}));
  app.callback([options, scores, &terminal] {
    options->repeated = scores->count() > 0;
    run(*options, terminal);
  });
}

}  // namespace assay::cli

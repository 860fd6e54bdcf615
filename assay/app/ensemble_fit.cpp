#include "assay/app/ensemble_fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/app/ensemble_rows.h"
#include "assay/core/error.h"
#include "assay/ensemble/rule_choice.h"
#include "assay/ensemble/selection_method.h"
#include "assay/exports/output_file.h"
#include "assay/routing/ensemble_file.h"
#include "assay/sim/ensemble_replay.h"

namespace assay::app {
namespace {

// Learns from the queries of one task, or of all.
class EnsembleFitter {
 public:
  EnsembleFitter(const EnsembleFitRequest& request, const UsableLabels& usable,
                 const ensemble::SelectionProblem& whole)
      : labels_(usable.labels),
        rows_(usable.rows),
        whole_(whole),
        method_(ensemble::selection_method(request.method)) {
    decision_ = request.decision == "auto"
                    ? &ensemble::choose_rule(whole.training, method_.choose(whole), request.seed)
                    : &ensemble::vote_rule(request.decision);
  }

  const ensemble::VoteRuleEntry& decision() const { return *decision_; }

  routing::EnsembleContents::Served all() const { return fitted("", whole_.training, whole_.training); }

  routing::EnsembleContents::Served of_task(std::uint32_t task) const {
    const TaskQueries queries = queries_of_task(rows_, task);
    const LabelTable alone = rows_.table.rows(queries.own);
    return fitted(rows_.tasks[task], {rows_.table, queries.weights}, {alone});
  }

 private:
  routing::EnsembleContents::Served fitted(const std::string& task, const ensemble::Training& with_others,
                                           const ensemble::Training& alone) const {
    const ensemble::Ensemble members = method_.choose(whole_.with(method_.pools ? with_others : alone));
    const std::vector<double> accuracy = ensemble::accuracies(alone);
    routing::EnsembleContents::Served served{
        task, {}, {}, ensemble::learn_sequential_vote(*decision_, with_others, alone, members).numbers()};
    for (const ModelId member : members) {
      served.members.push_back(labels_.models[index(member)]);
      served.accuracy.push_back(accuracy[index(member)]);
    }
    return served;
  }

  const store::Labelling& labels_;
  const LabelledRows& rows_;
  const ensemble::SelectionProblem& whole_;
  const ensemble::SelectionMethodEntry& method_;
  const ensemble::VoteRuleEntry* decision_ = nullptr;
};

void describe(const UsableLabels& usable, const routing::EnsembleContents& contents, EnsembleFitReport& report) {
  const store::Labelling& labels = usable.labels;
  for (const routing::EnsembleContents::Served& served : contents.ensembles) {
    EnsembleFitReport::Fitted fitted{served.task, usable.rows.table.queries(), {}};
    if (!served.task.empty()) {
      const auto task = std::find(usable.rows.tasks.begin(), usable.rows.tasks.end(), served.task);
      const auto number = static_cast<std::uint32_t>(task - usable.rows.tasks.begin());
      fitted.queries =
          static_cast<std::size_t>(std::count(usable.rows.task.begin(), usable.rows.task.end(), number));
    }
    for (std::size_t j = 0; j < served.members.size(); ++j) {
      const auto at = std::find(labels.models.begin(), labels.models.end(), served.members[j]);
      fitted.members.push_back({served.members[j], served.accuracy[j],
                                labels.facts[static_cast<std::size_t>(at - labels.models.begin())].price});
    }
    report.ensembles.push_back(std::move(fitted));
  }
}

}  // namespace

EnsembleFitReport run_ensemble_fit(const EnsembleFitRequest& request, const StartProgress& start) {
  check_choice({request.size, request.budget, request.method, request.decision, request.sure});
  const store::Study study(request.study, store::Study::Mode::read);
  EnsembleFitReport report;
  UsableLabels usable = usable_labels(study, request.choice, report.notes);
  if (request.by_task) usable.rows = without_single_labels(std::move(usable.rows), report.notes);
  const LabelTable& table = usable.rows.table;
  if (usable.rows.tasks.empty()) throw InvalidArgument("expected tasks with different true labels, came none");
  if (table.kind() == LabelKind::classes && table.labels() > routing::kMostServedClasses) {
    throw InvalidArgument(fmt::format("an ensemble file holds at most {} classes, came {}",
                                      routing::kMostServedClasses, table.labels()));
  }
  const std::vector<std::int64_t> prices = prices_of(usable.labels, request.budget.has_value());
  ensemble::SelectionProblem problem{.training = {table}, .seed = request.seed, .threads = request.threads};
  problem.size = request.size.value_or(std::min(kUsualSize, usable.labels.models.size()));
  if (request.budget) {
    problem.prices = prices;
    problem.budget = request.budget;
    problem.size = most_members(prices, *request.budget);
  }
  ensemble::check(problem);

  const std::size_t count = request.by_task ? usable.rows.tasks.size() : 1;
  const Progress progress = start ? start("members") : Progress{};
  if (progress) progress(0, count);
  const EnsembleFitter fitter(request, usable, problem);
  routing::EnsembleContents contents{.kind = table.kind(),
                                     .labels = usable.labels.labels,
                                     .method = request.method,
                                     .decision = std::string(fitter.decision().name),
                                     .sure = request.sure,
                                     .ensembles = {}};
  for (std::uint32_t t = 0; t < count; ++t) {
    contents.ensembles.push_back(request.by_task ? fitter.of_task(t) : fitter.all());
    if (progress) progress(t + 1, count);
  }
  const std::string text = routing::ensemble_text(contents);
  exports::OutputFile file(request.ensemble);
  file.write(text);
  file.finish();

  report.study = request.study;
  report.ensemble = request.ensemble;
  report.bytes = text.size();
  report.kind = contents.kind;
  report.labels = contents.labels;
  report.method = contents.method;
  report.decision = contents.decision;
  report.decision_chosen = request.decision == "auto";
  report.sure = request.sure;
  describe(usable, contents, report);
  return report;
}

}  // namespace assay::app

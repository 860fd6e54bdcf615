#include "assay/app/allocate.h"

#include <fmt/format.h>

#include <utility>

#include "assay/allocate/allocation.h"
#include "assay/asking/drive.h"
#include "assay/asking/llm_memory.h"
#include "assay/core/error.h"
#include "assay/sim/allocation_replay.h"

namespace assay::app {
namespace {

constexpr std::size_t kMostAtATime = 1'000'000;

void check_request(const AllocateRequest& request, const allocate::AllocatorEntry& entry) {
  if (asking::oracle(request.oracle).live) {
    if (entry.needs_variances) {
      throw InvalidArgument(
          "allocator " + std::string(entry.name) +
          " must know the variances, which only recorded scores tell; it goes with oracle recorded");
    }
    if (!request.scale) {
      throw InvalidArgument("oracle " + quoted(request.oracle.name) +
                            " must be told the scale: `scale` LOW,HIGH, the lowest and the highest score");
    }
  }
  for (const auto& [name, value] : request.parameters) {
    if (has_parameter(entry.parameters, name)) continue;
    throw InvalidArgument("allocator " + std::string(entry.name) + " does not use " + field_of(name) +
                          ", which goes with " + rows_with(allocate::allocators(), name));
  }
  asking::check_budget(request.budget);
  if (request.batch < 1 || request.batch > kMostAtATime) {
    throw InvalidArgument(fmt::format("calls at a time must be 1 to {}, came {}", kMostAtATime, request.batch));
  }
  if (request.scale) check(*request.scale);
}

asking::JudgeTask task_of(const AllocateRequest& request, const store::Study& study) {
  store::Scoring scoring = asking::scoring_for(request.oracle, study, request.choice);
  check_scores(request.scale, scoring);
  const Scale scale = request.scale ? *request.scale : scale_of(scoring);
  if (!request.scale && scoring.told) {
    scoring.notes.push_back(
        fmt::format("scores from {:g} to {:g}, as the import told; `scale` says another", scale.low, scale.high));
  }
  asking::JudgeTask task(std::move(scoring), scale);
  if (asking::oracle(request.oracle).live) task.load_texts(study);
  return task;
}

asking::AllocateSetup setup_of(const AllocateRequest& request, const asking::JudgeTask& task) {
  const allocate::AllocatorEntry& entry = allocate::allocator(request.allocator);
  asking::AllocateSetup setup;
  setup.arms = task.scoring().arms;
  setup.allocator = &entry;
  setup.parameters = ParameterValues(entry.parameters);
  setup.parameters.take(request.parameters);
  if (entry.needs_variances) setup.variances = sim::variances_of(task.scoring().scores);
  if (!asking::oracle(request.oracle).live) setup.means = sim::means_of(task.scoring().scores);
  setup.estimate = request.estimate.value_or(entry.estimate);
  setup.scale = task.scale();
  setup.budget = request.budget;
  setup.threads = request.threads;
  return setup;
}

}  // namespace

asking::AllocateReport run_allocate(AllocateRequest request, const StartProgress& start) {
  check_request(request, allocate::allocator(request.allocator));
  request.batch = std::max(request.batch, asking::oracle(request.oracle).at_once);
  store::Study study = asking::open_study(request.oracle, request.study);
  asking::take_remembered(request.oracle, study, /*scores=*/true);
  const asking::JudgeTask task = task_of(request, study);
  asking::AllocateRun run(setup_of(request, task));
  const std::unique_ptr<asking::Oracle> oracle =
      asking::make_oracle(request.oracle, {task, study, request.seed, request.batch, request.choice.judge});
  asking::KeptAnswers answers(study, task, *oracle);
  const Progress progress = start ? start("score") : Progress{};
  const asking::AskEnd end = asking::drive(run, answers, request.batch, [&] {
    if (progress) progress(run.calls(), request.budget);
  });
  asking::AllocateReport report = run.report();
  asking::expect_answers(end, report.calls - report.calls_failed);
  report.study = request.study;
  report.judge = task.scoring().judge;
  report.oracle = request.oracle.name;
  report.seed = request.seed;
  report.scale_declared = request.scale.has_value();
  report.notes = task.scoring().notes;
  asking::fill(*oracle, answers, end, report);
  return report;
}

asking::JudgeEstimate estimate_allocate(AllocateRequest request) {
  check_request(request, allocate::allocator(request.allocator));
  request.batch = std::max(request.batch, asking::oracle(request.oracle).at_once);
  store::Study study(request.study, store::Study::Mode::read);
  asking::take_remembered(request.oracle, study, /*scores=*/true);
  const asking::JudgeTask task = task_of(request, study);
  const auto oracle =
      asking::make_oracle(request.oracle, {task, study, request.seed, request.batch, request.choice.judge});
  const auto estimate = oracle->estimate(request.budget);
  if (!estimate) throw InvalidArgument("`dry_run` goes with an oracle that is paid, `oracle` llm");
  return *estimate;
}

}  // namespace assay::app

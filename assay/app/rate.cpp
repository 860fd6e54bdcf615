#include "assay/app/rate.h"

#include <fmt/format.h>

#include <utility>

#include "assay/app/select_setup.h"
#include "assay/asking/carried_draws.h"
#include "assay/asking/kept_answers.h"
#include "assay/asking/kept_oracle.h"
#include "assay/asking/measure_memory.h"
#include "assay/asking/people.h"
#include "assay/asking/strategies.h"
#include "assay/core/error.h"

namespace assay::app {
namespace {

SelectRequest people_asked(SelectRequest request) {
  if (!request.candidates.empty()) {
    throw InvalidArgument("people judge answers that the study has: `candidates` do not go with them");
  }
  store::ComparisonChoice& choice = request.choice;
  if (!choice.judge.empty()) {
    throw InvalidArgument("`judge` names recorded judgements, and here people judge");
  }
  if (choice.measure.value_or(store::Measure::win_rate) != store::Measure::win_rate || choice.scale) {
    throw InvalidArgument("people compare with a baseline: `measure` win-rate goes with them");
  }
  choice.measure = store::Measure::win_rate;
  request.oracle.name = "people";
  return request;
}

store::Study study_to_rate(const std::string& path) {
  store::Study study(path, store::Study::Mode::write);
  study.begin_answering();
  return study;
}

asking::JudgeTask task_to_rate(store::Study& study, const store::ComparisonChoice& choice) {
  store::Comparison comparison = study.judgeable(choice);
  comparison.judge = "people";
  asking::JudgeTask task(std::move(comparison));
  task.load_texts(study);
  return task;
}

}  // namespace

Rating::Rating(RateRequest request, const StartProgress& start)
    : request_(people_asked(std::move(request.select))),
      strategy_(asking::find_strategy(request_.strategy, request_.program)),
      study_(study_to_rate(request_.study)),
      task_(task_to_rate(study_, request_.choice)) {
  check_used(request_.parameters, *strategy_);
  check_assistant(request_, *strategy_);
  asking::SelectSetup setup = setup_of(request_, *strategy_, study_, task_, prices_, start);
  asking::remember_measure(study_, task_.comparison());
  const asking::PeopleOracle before(task_, study_);
  assistant_ = assistant_of(request_, task_, before, study_);
  if (assistant_) setup.problem.assistant = assistant_->rewards;
  const auto begun = [&](bool keep) {
    return start_of(request_, setup, 1, false, task_, before, assistant_, study_, /*looks=*/false, keep);
  };
  // A new run begins with all that people have said before.
  if (!begun(false).resumed) asking::keep_pooled(study_, task_);
  begin_ = begun(true);
  notes_ = begin_.notes;
  if (std::optional<std::string> note = prompts_note(task_)) notes_.push_back(std::move(*note));
  setup.seed = setup.problem.seed = begin_.seed;
  setup.missing = task_.comparison().missing;
  asking::PeopleOracle people(task_, study_);
  carried_ = asking::draws_name(task_, people.name(), begin_.seed);
  if (strategy_->uses_known) {
    // What stands, and no vote that counts later.
    asking::KeptOracle stands(task_, people.name(), nullptr);
    setup.known = asking::KeptAnswers(study_, task_, stands).known(begin_.mark);
  }
  if (strategy_->stops && !begin_.name.empty()) {
    setup.problem.earlier = earlier_draws(study_, task_, begin_, carried_);
  }
  request.raters.seed = begin_.seed;
  pool_ = std::make_unique<asking::RaterPool>(study_, task_, std::make_unique<asking::SelectRun>(std::move(setup)),
                                              begin_, std::move(request.raters));
}

Rating::~Rating() = default;

asking::SelectReport Rating::report() const {
  asking::SelectReport report = pool_->report();
  fill_names(request_, task_.comparison(), assistant_, prices_, pool_->run(), report);
  report.oracle = request_.oracle.name;
  report.notes = task_.comparison().notes;
  report.notes.insert(report.notes.end(), notes_.begin(), notes_.end());
  return report;
}

void Rating::close() {
  pool_->close();
  pool_->settle();
  if (strategy_->stops && !begin_.name.empty()) {
    asking::carry_draws(study_, task_, carried_, pool_->run().draws());
  }
}

}  // namespace assay::app

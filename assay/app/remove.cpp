#include "assay/app/remove.h"

#include "assay/core/error.h"

namespace assay::app {

RemoveReport run_remove(const RemoveRequest& request) {
  const store::Study::Removal& removal = request.removal;
  if (removal.models.empty() && removal.judges.empty()) {
    throw InvalidArgument("expected something to remove, came nothing; say `model` NAME or `judge` NAME");
  }
  store::Study study(request.study, store::Study::Mode::write);
  RemoveReport report;
  report.study = request.study;
  report.removed = removal;
  report.counts = study.remove(removal);
  report.now = study.summary();
  report.paid = !report.now.spending.empty();
  return report;
}

}  // namespace assay::app

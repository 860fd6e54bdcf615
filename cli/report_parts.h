#pragma once

#include <memory>
#include <string>
#include <vector>

#include "assay/app/inspected_selection.h"
#include "assay/app/select.h"
#include "assay/view/page.h"
#include "cli/terminal.h"

namespace assay::cli {

/// What `report` is given.
struct ReportInputs {
  std::vector<std::string> paths;  ///< Studies, and files that verbs wrote with --json; "-": standard input, once.
  app::SelectRequest request;      ///< How the selection of a study is done again; its study is not looked at.
  std::vector<std::string> given;  ///< Options of `request`, as `typed` has them.
};

/// What stands behind one document.
struct ReportPart {
  view::PageDocument document;
  asking::SelectReport report;                              ///< Of a selection; else empty.
  std::unique_ptr<app::InspectedSelection> selection = {};  ///< Its calls, where the study is there.
  bool is_selection = false;
};

/// One for each path, in their order. Throws InvalidArgument, DataError or Error.
std::vector<ReportPart> read_report_parts(const ReportInputs& inputs, Terminal& terminal);

}  // namespace assay::cli

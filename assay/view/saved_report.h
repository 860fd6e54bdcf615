#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "assay/asking/select_run.h"
#include "assay/report/json.h"
#include "assay/view/page.h"

namespace assay::view {

/// Of which verb a document of --json is, as PageDocument::kind; empty: of none that a page shows.
std::string_view kind_of(const report::Json& json);

/// What `to_json(SelectReport)` wrote. What that leaves out is empty: tallies have no weights, and there is no
/// bill. What is missing, or of another type, is the default.
asking::SelectReport select_report(const report::Json& json);

/// A document of a page, of what a verb wrote with --json. Throws DataError if it is of no verb that a page shows.
PageDocument saved_document(const report::Json& json, std::string title, std::string source);

}  // namespace assay::view

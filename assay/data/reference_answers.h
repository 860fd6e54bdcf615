#pragma once

#include <string_view>

#include "assay/core/records.h"

namespace assay::data {

/// Gives `sink` the right answer of a query: as the true label, if it is one line of at most 64 bytes and no list
/// or object of JSON, else as a text. Nothing if it is empty.
void add_reference(std::string_view query, std::string_view answer, const Location& where, RecordSink& sink);

}  // namespace assay::data

#pragma once

#include <memory>
#include <string>

#include "assay/exports/writer.h"

namespace assay::exports {

/// The format `jsonl` of imports, one record a line: the only one with a place for everything. See
/// docs/reference/formats.md.
std::unique_ptr<Writer> make_jsonl_writer(const std::string& path);

}  // namespace assay::exports

#pragma once

#include <memory>
#include <string>

#include "assay/exports/writer.h"

namespace assay::exports {

/// The files of Every Eval Ever (schema 0.3.0): data/TASK/DEVELOPER/MODEL/UUID.json with means, and
/// UUID_samples.jsonl with a row for each score. A judge's verdicts are scores of "JUDGE against OPPONENT". Times
/// are 0: a study keeps none. Memory: all texts.
std::unique_ptr<Writer> make_every_eval_ever_writer(const std::string& path);

}  // namespace assay::exports

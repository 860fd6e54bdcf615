#pragma once

#include <memory>
#include <string>

#include "assay/exports/writer.h"

namespace assay::exports {

/// A results/ folder of AlpacaEval: MODEL/JUDGE/annotations.json for verdicts on the first turn, and
/// MODEL/model_outputs.json of what they were about. Memory: all texts.
std::unique_ptr<Writer> make_alpaca_eval_writer(const std::string& path);

}  // namespace assay::exports

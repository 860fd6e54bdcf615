#pragma once

#include <memory>
#include <string>

#include "assay/exports/writer.h"

namespace assay::exports {

/// A folder in Arena-Hard's current layout: question.jsonl, model_answer/MODEL.jsonl, and
/// model_judgment/JUDGE/MODEL.jsonl with two games a verdict, whose mean is the verdict: a multiple of 1/8.
std::unique_ptr<Writer> make_arena_hard_writer(const std::string& path);

}  // namespace assay::exports

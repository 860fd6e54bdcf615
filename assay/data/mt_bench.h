#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"
#include "assay/data/json_value.h"

namespace assay::data {

/// MT-Bench of FastChat: `paths` are data/mt_bench folders or folders around some. See docs/reference/formats.md.
void read_mt_bench(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                   const Progress& progress);

/// One file of model_judgment/: rows with `score` are scores, rows with `g1_winner` comparisons of two models. If
/// `baseline` is not empty, comparisons are from its opponent's side.
void read_mt_judgments(ByteSource& source, std::string_view baseline, RecordSink& sink);

/// One file of model_answer/. The judgements name the model by its file, not by the rows' `model_id`.
void read_mt_answers(ByteSource& source, std::string_view model, RecordSink& sink);

/// Verdict for model_1 of a comparison that was asked in both orders: 1 or 0 if both agree, else 1/2; NaN if one
/// failed.
double pair_value(const JsonValue& row);

/// See Format::recognise.
std::string recognise_mt_bench(const std::string& path);

}  // namespace assay::data

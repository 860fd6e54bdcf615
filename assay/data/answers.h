#pragma once

#include <span>
#include <string>

#include "assay/data/format.h"

namespace assay::data {

/// What models answered, a file (JSON Lines, a JSON array, a table) for each: the model is called as the file, or
/// as its folder where the file has a name such as answers.jsonl. Files of prompts may stand beside them. Files
/// that name models in their rows are read as these say. See docs/reference/formats.md.
void read_answers(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                  const Progress& progress);

/// See Format::recognise: a file with answers whose model its rows do not tell, or a folder with files of one's
/// own.
std::string recognise_answers(const std::string& path);

}  // namespace assay::data

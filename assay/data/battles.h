#pragma once

#include <span>
#include <string>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"

namespace assay::data {

/// Battles between two models: tables (left, right, winner), JSON Lines or one array of objects (model_a, model_b,
/// winner), told apart by their first character. See docs/reference/formats.md.
void read_battles(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                  const Progress& progress);

/// One file, of which `begin` is the first character that is no blank.
void read_battle_file(ByteSource& source, char begin, const FormatOptions& options, RecordSink& sink);

/// The first character of a file that is neither a blank nor part of a byte order mark; 0 if there is none among
/// the first few.
char first_character(ByteSource& source);

}  // namespace assay::data

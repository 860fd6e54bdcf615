#pragma once

#include <functional>

#include "assay/core/records.h"

namespace assay {

/// Calls `read` with a sink whose records reach `sink` on a thread of its own, in the same order: files are parsed
/// while what was parsed is stored. `read` stays on the calling thread, and may be ahead by some megabytes. Returns
/// when `sink` has had all. The first failure in the order of the records is thrown on: of `sink`, which ends
/// `read` at its next record, or of `read`, after `sink` has had what came before.
///
///     read_through_queue(study_import, [&](RecordSink& sink) { format.read(paths, options, sink, progress); });
///
/// For whoever calls it this is `read(sink)`, only sooner. `sink` is called by one thread at a time.
void read_through_queue(RecordSink& sink, const std::function<void(RecordSink& sink)>& read);

}  // namespace assay

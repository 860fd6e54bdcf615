#pragma once

#include <memory>

#include "assay/asking/batch_folder.h"
#include "assay/routing/embedding_choice.h"
#include "assay/store/study.h"

namespace assay::app {

/// Opens the folder of batches that `choice` names, takes what was answered there into the study's ledger, and has
/// `choice` collect the rest in it; null if it names none. The result must outlive the use of `choice`. Throws as
/// asking::BatchFolder does, and InvalidArgument if the study can't be written, which keeps the vectors.
///
///     const auto batches = open_batches(choice, study);
///     const auto vectors = routing::foreign_vectors(choice, ...);  // http::BatchAwaited: a file is to be answered
std::unique_ptr<asking::BatchFolder> open_batches(routing::EmbeddingChoice& choice, store::Study& study);

}  // namespace assay::app

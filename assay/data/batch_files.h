#pragma once

#include <span>
#include <string>
#include <vector>

namespace assay::data {

/// An input file of a batch service, and the files that answer it.
struct BatchFiles {
  std::string input;
  std::vector<std::string> replies;  ///< Output and error files; none: not answered yet.
};

/// The batches in `paths`, files and folders. The others that belong to a single file are looked for beside it. An
/// answer belongs to the input that asked its model for its custom_ids; where several did, that whose name differs
/// in "input", "output", "error" and the like alone, or which a batch object beside it names. Throws
/// InvalidArgument where there is no input, or where nothing tells which.
std::vector<BatchFiles> find_batches(std::span<const std::string> paths);

/// What a file of a batch is; `none` if it is no such file.
enum class BatchPart { none, input, reply };
BatchPart batch_part(const std::string& path);

}  // namespace assay::data

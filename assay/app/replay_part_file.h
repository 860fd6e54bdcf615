#pragma once

#include <span>
#include <string>
#include <vector>

#include "assay/core/progress.h"
#include "assay/sim/replay.h"

namespace assay::app {

/// Replays a part of an experiment and writes what it leaves behind to a file, beside what the experiment was.
/// Throws as sim::replay_part, and Error if the file can't be written.
void write_replay_part(const std::string& path, const sim::ReplaySetup& setup,
                       std::span<const sim::Competitor> competitors, const sim::Part& part,
                       const Progress& progress = {});

/// What such a file holds.
class ReplayPartFile {
 public:
  /// Throws Error if there is no such file, DataError if it is damaged or of another experiment: other judgements,
  /// strategies or settings, or another version of Assay.
  ReplayPartFile(const std::string& path, const sim::ReplaySetup& setup,
                 std::span<const sim::Competitor> competitors);

  /// Stands as long as this.
  sim::PlayedPart played() const { return {part_, numbers_}; }

 private:
  sim::Part part_;
  std::vector<double> numbers_;
};

}  // namespace assay::app

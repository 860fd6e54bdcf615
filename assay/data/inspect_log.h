#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/json_value.h"

namespace assay {
class RecordSink;
}

namespace assay::data {

/// What a log of Inspect AI says of its run as a whole.
struct InspectHead {
  std::string task;
  std::string model;                           ///< "openai/gpt-4o".
  std::string status;                          ///< success, error, cancelled, started.
  std::int64_t created = 0;                    ///< Seconds since 1970, UTC; 0: not known.
  std::vector<std::string> scorers;            ///< As `results` or `eval` tell them.
  std::map<std::string, std::string> graders;  ///< Scorer: the model that grades for it.
};

/// A log of Inspect AI, `.eval` (a zip file) or `.json`, told apart by content.
class InspectLog {
 public:
  explicit InspectLog(std::string path);

  /// Without reading samples, as far as the file's order allows. Throws Error if the file can't be opened,
  /// DataError for what is no log of version 1 or 2.
  InspectHead head() const;
  /// All samples, without the members that no study keeps (events, messages and the like). `meter` may be null; it
  /// counts bytes on disk. Throws DataError, also for the layout of samples in parts.
  void read_samples(ReadMeter* meter, RecordSink* notes,
                    const std::function<void(const JsonValue& sample)>& take) const;

 private:
  std::string path_;
};

/// Whether the file at `path` is a log: a zip file with a header or a journal of a run, or an object that starts
/// with what all logs start with. Reads little.
bool is_inspect_log(const std::string& path);

/// Seconds since 1970 of "2026-11-28T20:50:53+00:00"; 0 if it is something else.
std::int64_t seconds_of_time(std::string_view text);

}  // namespace assay::data

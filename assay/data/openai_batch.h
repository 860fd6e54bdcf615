#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"

namespace assay::data {

/// Reads files of OpenAI's Batch API: the requests of input files become queries, the replies in output and error
/// files responses of the models that were asked. Which file answers which input is told by models and custom_ids,
/// by the names of the files, and by batch objects beside them. From a folder, or from single files, for each of
/// which the others are looked for beside it. There are no scores in such files.
void read_openai_batch(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                       const Progress& progress);

/// See Format::recognise.
std::string recognise_openai_batch(const std::string& path);

/// One input file and what answered it. Memory: the ids of its requests.
class BatchReader {
 public:
  explicit BatchReader(RecordSink& sink) : sink_(sink) {}

  /// The input file, first.
  void read_requests(ByteSource& source);
  /// An output or error file.
  void read_replies(ByteSource& source);
  /// Requests that nothing replied to are told.
  void tell_unanswered();

 private:
  struct Request {
    std::string model;
    std::size_t line = 0;
    bool answered = false;
  };
  void take_reply(const class JsonValue& row);

  RecordSink& sink_;
  std::string path_;  ///< Of the input file.
  std::unordered_map<std::string, Request> requests_;
};

}  // namespace assay::data

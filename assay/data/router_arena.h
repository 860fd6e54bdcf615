#pragma once

#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"

namespace assay::data {

/// Reads RouterArena: cached_results/MODEL.jsonl, from a file, this folder, or one around it. What a router chose
/// (router_inference/predictions/) is one model a query, and no comparison: it is left out, and told.
void read_router_arena(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                       const Progress& progress);

/// See Format::recognise.
std::string recognise_router_arena(const std::string& path);

/// Reads one file after the other. Memory: the longest line, eight bytes a sample, and the names of failed
/// requests.
class RouterArenaReader {
 public:
  RouterArenaReader(const FormatOptions& options, RecordSink& sink) : options_(options), sink_(sink) {}

  void read(ByteSource& source);
  /// Samples whose request failed: they have no score by the metric that the others of their task have.
  void tell_failed();

 private:
  struct Failed {
    std::string index;
    std::string model;
    std::string path;
    std::size_t line = 0;
  };
  void take(const class JsonValue& row);

  const FormatOptions& options_;
  RecordSink& sink_;
  std::map<std::string, std::string> metrics_;       ///< By task.
  std::map<std::string, std::string> providers_;     ///< By model: the first one.
  std::unordered_map<std::uint64_t, int> answered_;  ///< By model and query: how often.
  std::vector<Failed> failed_;
};

}  // namespace assay::data

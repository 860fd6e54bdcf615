#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"
#include "assay/data/json_value.h"

namespace assay::data {

/// AlpacaEval: `paths` are results/ folders (MODEL/ANNOTATOR/annotations.json) or such files. See
/// docs/reference/formats.md.
void read_alpaca_eval(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                      const Progress& progress);

/// Reads annotation files of one import, one after the other.
class AlpacaEvalReader {
 public:
  explicit AlpacaEvalReader(RecordSink& sink) : sink_(sink) {}

  /// One annotations.json: `model` against the file's generator_1, judged by `judge`.
  void read(ByteSource& source, std::string_view model, std::string_view judge);

 private:
  struct Instruction {
    std::string text;
    std::string task;
  };

  /// An answer of the file that is being read.
  struct Answer {
    std::size_t row = 0;         ///< From 1.
    std::uint64_t response = 0;  ///< Hash.
  };

  void take(const JsonValue& row, std::string_view model, std::string_view judge);
  bool answered_before(std::string_view model, std::string_view query, std::string_view response,
                       const Location& where, OnConflict conflict);
  std::string_view query_of(const JsonValue& row, const Location& where);

  RecordSink& sink_;
  std::vector<char> buffer_;
  std::string id_;
  std::string baseline_;
  std::unordered_map<std::string, Instruction> instructions_;  ///< By query id.
  std::unordered_map<std::string, Answer> answers_;            ///< Likewise.
  std::size_t row_ = 0;
};

/// Id of an instruction, the same in every file and order: 64-bit FNV-1a of its UTF-8, as 16 hexadecimal digits.
std::string instruction_id(std::string_view instruction);

/// Verdict in [0, 1] of a `preference` field: 1 a loss and 2 a win, numbers between them in proportion, 0 a draw
/// like 1.5, null no verdict (NaN). Anything else is a DataError.
double preference_value(const JsonValue& preference);

/// See Format::recognise.
std::string recognise_alpaca_eval(const std::string& path);

}  // namespace assay::data

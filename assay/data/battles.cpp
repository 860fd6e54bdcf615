#include "assay/data/battles.h"

#include <array>
#include <vector>

#include "assay/core/error.h"
#include "assay/data/battle_table.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"

namespace assay::data {

char first_character(ByteSource& source) {
  constexpr std::string_view kPassedOver = " \t\r\n\xEF\xBB\xBF";
  std::array<char, 4096> begin{};
  const std::string_view text(begin.data(), source.read(begin.data(), begin.size()));
  const std::size_t at = text.find_first_not_of(kPassedOver);
  return at == std::string_view::npos ? '\0' : text[at];
}

void read_battle_file(ByteSource& source, char begin, const FormatOptions& options, RecordSink& sink) {
  if (begin == '{' || begin == '[') {
    if (!options.baseline.empty()) sink.baseline(options.baseline, {source.path(), 0});
    std::size_t number = 0;
    const auto take = [&](const JsonValue& row) { take_battle(row, ++number, options, sink); };
    std::vector<char> buffer;
    if (begin == '{') return read_json_lines(source, &sink, take);
    return read_json_array(source, buffer, &sink, take);
  }
  CsvRecords records(source);
  if (!records.next()) throw DataError({records.path(), 1}, "expected battles, came an empty file");
  if (!is_battle_header(records.fields())) {
    throw DataError({records.path(), records.line()},
                    "expected columns left, right and winner (or model_a, model_b and winner), came others");
  }
  read_battle_table(records, options, sink);
}

void read_battles(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                  const Progress& progress) {
  for (const std::string& path : paths) require_file(path);
  ReadMeter meter(total_size(paths), progress);
  for (const std::string& path : paths) {
    const char begin = first_character(*open_source(path, nullptr));
    read_battle_file(*open_source(path, &meter), begin, options, sink);
  }
}

}  // namespace assay::data

#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/json_value.h"

namespace assay {
class RecordSink;
}

namespace assay::data {

// Rows of JSON. Every row is checked as a whole before it is given out, what is ignored too. Throws DataError
// "path:line: ..." for what is not JSON or not UTF-8, for rows that are no objects, for a file without any row, and
// for rows out of all proportion (nested deeper than 64, more than a million values). A row is borrowed for the
// call. Half a character above U+FFFF ("\ud83d" alone, as programs write that cut texts) is read as U+FFFD, and
// each text that has some is noted in `notes` and counted in `half_characters`, if they are not null.

/// How rows are read.
struct JsonRules {
  RecordSink* notes = nullptr;  ///< Takes what people should know of a row.
  /// NaN, Infinity and -Infinity stand bare, as Python writes them: numbers that are not finite.
  bool bare_numbers = false;
  /// Names of a row's own members that are passed over, as if they were not there: of them only strings and
  /// brackets are looked at, and they count for no limit. As they are written in the file.
  std::vector<std::string_view> skip = {};
  std::size_t* half_characters = nullptr;  ///< For those that have no sink. Grows by one for each such text.
};

/// One object a line; blank lines are skipped.
void read_json_lines(ByteSource& source, const JsonRules& rules,
                     const std::function<void(const JsonValue& row)>& take);
inline void read_json_lines(ByteSource& source, RecordSink* notes,
                            const std::function<void(const JsonValue& row)>& take) {
  read_json_lines(source, JsonRules{notes}, take);
}
inline void read_json_lines(ByteSource& source, const std::function<void(const JsonValue& row)>& take) {
  read_json_lines(source, nullptr, take);
}

/// One array of objects, laid out in any way. `buffer` holds the file and may be used again for the next one.
void read_json_array(ByteSource& source, std::vector<char>& buffer, const JsonRules& rules,
                     const std::function<void(const JsonValue& row)>& take);
inline void read_json_array(ByteSource& source, std::vector<char>& buffer, RecordSink* notes,
                            const std::function<void(const JsonValue& row)>& take) {
  read_json_array(source, buffer, JsonRules{notes}, take);
}
inline void read_json_array(ByteSource& source, std::vector<char>& buffer,
                            const std::function<void(const JsonValue& row)>& take) {
  read_json_array(source, buffer, nullptr, take);
}

/// A file that is one object, laid out in any way. With JsonRules::skip, memory goes by what is left.
void read_json_object(ByteSource& source, std::vector<char>& buffer, const JsonRules& rules,
                      const std::function<void(const JsonValue& object)>& take);

/// The objects of one array in a document, one at a time; `place`: the names on the way to it, from the document's
/// object ({"results", "results"}), or none for a document that is the array. Memory: the largest object and what
/// is beside the array, not the file. Then `rest`, if there is one, gets the document's object, with that array
/// empty. An array without rows is no error. Without `take` the rows are passed over and not checked.
///
///     const std::string_view place[] = {"request_states"};
///     read_json_rows(source, place, {}, [&](const JsonValue& state) { ... });
void read_json_rows(ByteSource& source, std::span<const std::string_view> place, const JsonRules& rules,
                    const std::function<void(const JsonValue& row)>& take,
                    const std::function<void(const JsonValue& object)>& rest = {});
/// The members before `stop` of a file that is one object, all of them if there is no such member; nothing behind
/// is read. So the head of a file with a long array is known without the array.
void read_json_head(ByteSource& source, std::string_view stop, const JsonRules& rules,
                    const std::function<void(const JsonValue& object)>& take);

/// A file that is one object with a long array of objects in it: the elements of its member `array`, which may be
/// missing or null. Memory goes by the largest of them; JsonRules::skip is about the elements and the outer object.
///
///     read_json_member(*open_source("log.json", nullptr), "samples", {.skip = {"events"}},
///                      [](const JsonValue& sample) { ... });
void read_json_member(ByteSource& source, std::string_view array, const JsonRules& rules,
                      const std::function<void(const JsonValue& row)>& take);

}  // namespace assay::data

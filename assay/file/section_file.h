#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/named_bytes.h"

namespace assay::file {

/// What a file of sections is: eight bytes of its own, what people call it, and the version of its content.
struct SectionKind {
  std::string_view magic;  ///< Eight bytes.
  std::string_view name;   ///< "router", for messages.
  std::uint32_t version = 1;
};

// A file of sections: a header (magic, version, byte order, length of the file, number of sections, checksum of
// header and table), a table (name, offset, length, checksum of each section), and the sections, each beginning at
// a multiple of 64 bytes, so that numbers can be used where they lie. Numbers have the byte order of the machine.

/// Writes such a file under another name and gives it its own when it is complete: a reader sees the old file or
/// the new one. Names are at most 23 bytes long, and differ. Throws Error if it can't be written.
void write_sections(const std::string& path, const SectionKind& kind, std::span<const NamedBytes> sections);

/// Finds the sections in the bytes of such a file, which must begin at a multiple of 64 and outlive the result. All
/// checksums are checked. Throws DataError with `path` if it is of another kind, of a newer version, of another
/// byte order, cut off, or damaged. O(bytes), a fraction of a second for a gigabyte.
std::vector<NamedBytes> read_sections(const std::string& path, const SectionKind& kind, std::string_view bytes);

}  // namespace assay::file

#include "assay/file/section_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/file/lock_file.h"

namespace assay::file {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kNameBytes = 24;
constexpr std::uint32_t kByteOrder = 0x01020304;
constexpr std::size_t kMostSections = 1000;

struct Header {
  std::array<char, 8> magic{};
  std::uint32_t version = 0;
  std::uint32_t byte_order = kByteOrder;
  std::uint64_t length = 0;    // of the file
  std::uint64_t sections = 0;  // number
  std::uint64_t checksum = 0;  // of header and table, this being 0
  std::array<char, 24> reserved{};
};
static_assert(sizeof(Header) == 64);

struct Entry {
  std::array<char, kNameBytes> name{};
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::uint64_t checksum = 0;
};
static_assert(sizeof(Entry) == 48);

std::size_t aligned(std::size_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::string table_bytes(Header header, std::span<const Entry> table) {
  header.checksum = 0;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  bytes.append(reinterpret_cast<const char*>(table.data()), table.size_bytes());
  return bytes;
}

void write_all(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw Error(escaped(path) + ": can't be written (" + std::strerror(errno) + ")");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void write_sections(const std::string& path, const SectionKind& kind, std::span<const NamedBytes> sections) {
  Header header;
  std::copy_n(kind.magic.begin(), header.magic.size(), header.magic.begin());
  header.version = kind.version;
  header.sections = sections.size();
  std::vector<Entry> table(sections.size());
  std::size_t end = sizeof(Header) + table.size() * sizeof(Entry);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if (sections[i].name.size() >= kNameBytes) throw InvalidArgument("a name too long for a section");
    std::copy(sections[i].name.begin(), sections[i].name.end(), table[i].name.begin());
    table[i].offset = aligned(end);
    table[i].length = sections[i].bytes.size();
    table[i].checksum = checksum(sections[i].bytes);
    end = table[i].offset + table[i].length;
  }
  header.length = end;
  header.checksum = checksum(table_bytes(header, table));

  LockFile file(path + ".new", escaped(path) + ": another process is writing this file at the moment");
  file.clear();
  const std::string head = table_bytes(header, table);
  write_all(file.descriptor(), {reinterpret_cast<const char*>(&header), sizeof(header)}, path);
  write_all(file.descriptor(), std::string_view(head).substr(sizeof(header)), path);
  std::size_t at = head.size();
  for (std::size_t i = 0; i < sections.size(); ++i) {
    write_all(file.descriptor(), std::string(table[i].offset - at, '\0'), path);
    write_all(file.descriptor(), sections[i].bytes, path);
    at = table[i].offset + table[i].length;
  }
  file.publish(path);
}

std::vector<NamedBytes> read_sections(const std::string& path, const SectionKind& kind, std::string_view bytes) {
  const auto reject = [&](const std::string& what) { throw DataError(Location{path}, what); };
  Header header;
  const std::string expected = "expected a " + std::string(kind.name);
  if (bytes.size() < sizeof(header)) {
    reject(bytes.empty() ? expected + ", came an empty file" : expected + ", came something else");
  }
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::string_view(header.magic.data(), header.magic.size()) != kind.magic) {
    reject(expected + ", came something else");
  }
  if (header.byte_order != kByteOrder) reject("made on a machine of another byte order");
  if (header.version > kind.version) {
    reject(fmt::format("made by a newer Assay: version {} of a {}, this one reads {}", header.version, kind.name,
                       kind.version));
  }
  if (header.version != kind.version) {
    reject(fmt::format("version {} of a {}, this Assay reads {}: make it anew", header.version, kind.name,
                       kind.version));
  }
  if (header.length != bytes.size()) {
    reject(fmt::format("expected {} bytes, came {}: the file is cut off, or something was added", header.length,
                       bytes.size()));
  }
  if (header.sections > kMostSections || (bytes.size() - sizeof(header)) / sizeof(Entry) < header.sections) {
    reject("damaged: its table is longer than the file");
  }
  std::vector<Entry> table(header.sections);
  if (!table.empty()) std::memcpy(table.data(), bytes.data() + sizeof(header), table.size() * sizeof(Entry));
  if (checksum(table_bytes(header, table)) != header.checksum)
    reject("damaged: the checksum of its table is wrong");
  std::vector<NamedBytes> sections;
  for (const Entry& entry : table) {
    const std::string name(entry.name.data(), strnlen(entry.name.data(), kNameBytes));
    const bool inside = entry.offset <= bytes.size() && entry.length <= bytes.size() - entry.offset &&
                        entry.offset % kAlignment == 0;
    if (!inside) reject("damaged: section " + quoted(name) + " lies outside the file");
    const std::string_view content = bytes.substr(entry.offset, entry.length);
    if (checksum(content) != entry.checksum)
      reject("damaged: the checksum of section " + quoted(name) + " is wrong");
    sections.push_back({name, content});
  }
  return sections;
}

}  // namespace assay::file

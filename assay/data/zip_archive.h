#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/byte_source.h"

namespace assay::data {

/// The files in a zip file, found by the directory at its end: of several with one name the last counts, as those
/// before it were replaced. Stored, deflated (method 8) and zstd (method 93) files are read, zip64 too. Nothing is
/// unpacked to disk, and names are never used as paths.
///
/// Throws DataError for what is no zip file, for what is damaged, and for what is made to take the machine: more
/// than half a million files, files that overlap, and more than 256 MiB out of less than a 200th of that. A file
/// that unpacks to more or less than the directory says, or to other bytes than its checksum's, has a `fault`.
///
///     ZipArchive archive("run.eval", nullptr);
///     for (const ZipArchive::Member& member : archive.members()) {
///       if (member.name == "header.json") read_document(*archive.open(member), buffer);
///     }
class ZipArchive {
 public:
  struct Member {
    std::string_view name;   ///< As in the directory; any bytes.
    std::uint64_t size = 0;  ///< Unpacked, in bytes.
    // Where and how it is packed.
    std::uint64_t packed_size = 0;
    std::uint64_t at = 0;     ///< Of its local header.
    std::uint64_t limit = 0;  ///< Where the next file or the directory starts.
    std::uint32_t checksum = 0;
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
  };

  /// Reads the directory. `meter` may be null; it counts packed bytes.
  ZipArchive(const std::string& path, ReadMeter* meter);
  /// The same of a stream that can be searched; `path` is for messages.
  ZipArchive(std::string path, std::unique_ptr<std::istream> stream, ReadMeter* meter);
  ~ZipArchive();

  const std::string& path() const { return path_; }
  /// The last of each name, in the order of the directory. Borrowed.
  std::span<const Member> members() const { return members_; }
  /// The member called `name`; null if there is none.
  const Member* find(std::string_view name) const;

  /// Starts to unpack a member. Its path is "archive/name". Only one can be read at a time, and not longer than the
  /// archive lives. Throws DataError for a packing that is not known, encryption, and a member that is not where
  /// the directory says.
  std::unique_ptr<ByteSource> open(const Member& member);

 private:
  class Unpacker;
  struct Unpackers;

  std::string read_at(std::uint64_t at, std::size_t size);
  void read_directory();
  void add_members(std::size_t count, std::uint64_t directory_at);
  void refuse_overlaps(std::uint64_t directory_at);
  void keep_last_of_each_name();
  void refuse_bomb() const;
  [[noreturn]] void reject(const std::string& came) const;

  std::string path_;
  std::unique_ptr<std::istream> stream_;
  ReadMeter* meter_;
  std::uint64_t file_size_ = 0;
  std::string directory_;
  std::vector<Member> members_;
  std::unique_ptr<Unpackers> unpackers_;  // kept, as making one takes longer than unpacking a small file
};

/// Whether the file at `path` starts as a zip file does.
bool is_zip(const std::string& path);

}  // namespace assay::data

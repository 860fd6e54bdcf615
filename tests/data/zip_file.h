#pragma once

#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::data {

/// Writes zip files for tests, also such as nobody should write.
class ZipFile {
 public:
  static constexpr std::uint16_t kStored = 0;
  static constexpr std::uint16_t kDeflate = 8;
  static constexpr std::uint16_t kZstd = 93;

  struct Entry {
    std::string name;
    std::uint16_t method = kStored;
    std::string packed;
    std::uint64_t size = 0;
    std::uint32_t checksum = 0;
    std::uint64_t at = 0;
    std::uint16_t flags = 0;
  };

  Entry& add(std::string name, std::string_view text, std::uint16_t method = kStored) {
    return add_packed(std::move(name), text, method, packed(text, method));
  }

  /// A member whose bytes are given as they are packed.
  Entry& add_packed(std::string name, std::string_view text, std::uint16_t method, std::string bytes) {
    Entry entry{std::move(name), method, std::move(bytes), text.size(), checksum_of(text), bytes_.size()};
    bytes_ += std::string("PK\x03\x04", 4);
    number(bytes_, 20, 2);
    number(bytes_, 0, 2);
    number(bytes_, method, 2);
    number(bytes_, 0, 4);  // time
    number(bytes_, entry.checksum, 4);
    number(bytes_, entry.packed.size(), 4);
    number(bytes_, entry.size, 4);
    number(bytes_, entry.name.size(), 2);
    number(bytes_, 0, 2);
    bytes_ += entry.name + entry.packed;
    entries.push_back(std::move(entry));
    return entries.back();
  }

  /// The file, with the directory of `entries`, which may have been changed. `zip64`: numbers stand in zip64
  /// fields.
  std::string bytes(bool zip64 = false) const {
    std::string directory;
    for (const Entry& entry : entries) {
      directory += std::string("PK\x01\x02", 4);
      number(directory, 45, 2);
      number(directory, 45, 2);
      number(directory, entry.flags, 2);
      number(directory, entry.method, 2);
      number(directory, 0, 4);
      number(directory, entry.checksum, 4);
      number(directory, zip64 ? kIn64 : entry.packed.size(), 4);
      number(directory, zip64 ? kIn64 : entry.size, 4);
      number(directory, entry.name.size(), 2);
      number(directory, zip64 ? 28 : 0, 2);
      number(directory, 0, 2 + 2 + 2 + 4);
      number(directory, zip64 ? kIn64 : entry.at, 4);
      directory += entry.name;
      if (!zip64) continue;
      number(directory, 1, 2);
      number(directory, 24, 2);
      for (const std::uint64_t value : {entry.size, std::uint64_t{entry.packed.size()}, entry.at}) {
        number(directory, value, 8);
      }
    }
    std::string file = bytes_ + directory;
    if (zip64) {
      const std::size_t at = file.size();
      file += std::string("PK\x06\x06", 4);
      number(file, 44, 8);
      number(file, 0, 12);
      number(file, entries.size(), 8);
      number(file, entries.size(), 8);
      number(file, directory.size(), 8);
      number(file, bytes_.size(), 8);
      file += std::string("PK\x06\x07", 4);
      number(file, 0, 4);
      number(file, at, 8);
      number(file, 1, 4);
    }
    file += std::string("PK\x05\x06", 4);
    number(file, 0, 4);
    number(file, zip64 ? 0xFFFF : entries.size(), 2);
    number(file, zip64 ? 0xFFFF : entries.size(), 2);
    number(file, zip64 ? kIn64 : directory.size(), 4);
    number(file, zip64 ? kIn64 : bytes_.size(), 4);
    number(file, 0, 2);
    return file;
  }

  static std::string packed(std::string_view text, std::uint16_t method) {
    if (method == kZstd) return zstd(text);
    if (method == kDeflate) return deflated(text);
    return std::string(text);
  }

  static std::string zstd(std::string_view text) {
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
    return packed;
  }

  static std::string deflated(std::string_view text) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
  }

  std::vector<Entry> entries;

 private:
  static constexpr std::uint64_t kIn64 = 0xFFFFFFFF;

  static std::uint32_t checksum_of(std::string_view text) {
    return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
  }

  static void number(std::string& to, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) to += static_cast<char>(i < 8 ? value >> (8 * i) & 0xFFU : 0);
  }

  std::string bytes_;
};

}  // namespace assay::data

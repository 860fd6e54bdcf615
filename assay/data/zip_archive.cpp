#include "assay/data/zip_archive.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <unordered_map>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::data {
namespace {

// The layout is that of PKWARE's APPNOTE.TXT 6.3; numbers in brackets are its sections.

constexpr std::size_t kMostMembers = 500'000;
constexpr std::uint64_t kMostDirectory = std::uint64_t{128} << 20U;
constexpr std::uint64_t kHarmless = std::uint64_t{256} << 20U;  // that much is unpacked within a second
constexpr std::uint64_t kMostRatio = 200;

constexpr std::size_t kLocalHeader = 30;     // 4.3.7
constexpr std::size_t kDirectoryEntry = 46;  // 4.3.12
constexpr std::size_t kEndRecord = 22;       // 4.3.16
constexpr std::size_t kEnd64Record = 56;     // 4.3.14
constexpr std::size_t kEnd64Locator = 20;    // 4.3.15
constexpr std::size_t kLongestComment = 65'535;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // the number is in the zip64 field

constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint16_t kZstd = 93;

template <typename Number>
Number number_at(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return static_cast<Number>(value);
}
std::uint16_t u16(std::string_view bytes, std::size_t at) { return number_at<std::uint16_t>(bytes, at); }
std::uint32_t u32(std::string_view bytes, std::size_t at) { return number_at<std::uint32_t>(bytes, at); }
std::uint64_t u64(std::string_view bytes, std::size_t at) { return number_at<std::uint64_t>(bytes, at); }

/// Puts the numbers that do not fit into 32 bits in their place [4.5.3]. False if they are not there.
bool take_zip64(std::string_view extra, ZipArchive::Member& member) {
  std::uint64_t* wanted[] = {&member.size, &member.packed_size, &member.at};
  if (std::none_of(std::begin(wanted), std::end(wanted), [](const auto* value) { return *value == kIn64; })) {
    return true;
  }
  while (extra.size() >= 4) {
    const std::size_t length = std::min<std::size_t>(u16(extra, 2), extra.size() - 4);
    if (u16(extra, 0) != 1) {
      extra.remove_prefix(4 + length);
      continue;
    }
    std::string_view field = extra.substr(4, length);
    for (std::uint64_t* value : wanted) {
      if (*value != kIn64) continue;
      if (field.size() < 8) return false;
      *value = u64(field, 0);
      field.remove_prefix(8);
    }
    return true;
  }
  return false;
}

}  // namespace

/// What unpacks members, one after the other.
struct ZipArchive::Unpackers {
  Unpackers() : zstd(ZSTD_createDCtx(), ZSTD_freeDCtx), packed(std::size_t{128} << 10U) {
    if (zstd == nullptr || inflateInit2(&deflate, -MAX_WBITS) != Z_OK) throw Error("a zip file: out of memory");
    // A frame may ask for a larger window than anybody writes, to take the memory.
    ZSTD_DCtx_setParameter(zstd.get(), ZSTD_d_windowLogMax, kLargestWindow);
  }
  ~Unpackers() { inflateEnd(&deflate); }
  Unpackers(const Unpackers&) = delete;
  Unpackers& operator=(const Unpackers&) = delete;

  static constexpr int kLargestWindow = 27;

  std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> zstd;
  z_stream deflate{};
  std::vector<char> packed;
};

class ZipArchive::Unpacker final : public ByteSource {
 public:
  Unpacker(ZipArchive& archive, const Member& member, std::uint64_t data_at)
      : archive_(archive),
        with_(*archive.unpackers_),
        path_(archive.path_ + "/" + std::string(member.name)),
        member_(member),
        at_(data_at),
        packed_left_(member.packed_size) {
    inflateReset(&with_.deflate);
    ZSTD_DCtx_reset(with_.zstd.get(), ZSTD_reset_session_only);
  }

  std::string_view path() const override { return path_; }
  std::string_view fault() const override { return fault_; }

  std::size_t read(char* to, std::size_t size) override {
    std::size_t count = 0;
    while (count < size && fault_.empty() && !ended_) {
      if (rest_.empty()) fill();
      if (!fault_.empty()) break;
      count += unpack(to + count, size - count);
    }
    take(to, count);
    return count;
  }

 private:
  void fill() {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(with_.packed.size(), packed_left_));
    if (size == 0) return;
    archive_.stream_->clear();
    archive_.stream_->seekg(static_cast<std::streamoff>(at_));
    archive_.stream_->read(with_.packed.data(), static_cast<std::streamsize>(size));
    if (static_cast<std::size_t>(archive_.stream_->gcount()) != size) {
      fault_ = "a zip file that can't be read on";
      return;
    }
    rest_ = {with_.packed.data(), size};
    at_ += size;
    packed_left_ -= size;
    if (archive_.meter_ != nullptr) archive_.meter_->add(size);
  }

  /// Unpacks some of `rest_`; returns the number of bytes. Sets `ended_` at the end.
  std::size_t unpack(char* to, std::size_t size) {
    if (member_.method == kZstd) return unpack_zstd(to, size);
    if (member_.method == kDeflated) return inflate_some(to, size);
    const std::size_t count = rest_.copy(to, size);
    rest_.remove_prefix(count);
    ended_ = rest_.empty() && packed_left_ == 0;
    return count;
  }

  std::size_t unpack_zstd(char* to, std::size_t size) {
    ZSTD_outBuffer out{to, size, 0};
    ZSTD_inBuffer in{rest_.data(), rest_.size(), 0};
    const bool last = rest_.empty();
    const std::size_t wanted = ZSTD_decompressStream(with_.zstd.get(), &out, &in);
    rest_.remove_prefix(in.pos);
    if (ZSTD_isError(wanted) != 0U) {
      fault_ = "a file whose zstd data is damaged";
    } else if (wanted == 0) {
      ended_ = rest_.empty() && packed_left_ == 0;  // else another frame follows
    } else if (last && out.pos == 0) {
      fault_ = "a file whose zstd data ends early";
    }
    return out.pos;
  }

  std::size_t inflate_some(char* to, std::size_t size) {
    constexpr std::size_t kMost = std::size_t{1} << 30U;
    z_stream& stream = with_.deflate;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
    stream.avail_in = static_cast<uInt>(rest_.size());
    stream.next_out = reinterpret_cast<Bytef*>(to);
    const auto room = static_cast<uInt>(std::min(size, kMost));
    stream.avail_out = room;
    const int code = inflate(&stream, Z_NO_FLUSH);
    rest_ = rest_.substr(rest_.size() - stream.avail_in);
    if (code == Z_STREAM_END) {
      ended_ = true;
      if (!rest_.empty() || packed_left_ > 0) fault_ = "a file whose deflated data goes on after its end";
    } else if (code == Z_BUF_ERROR) {
      fault_ = "a file whose deflated data ends early";
    } else if (code != Z_OK) {
      fault_ = "a file whose deflated data is damaged";
    }
    return room - stream.avail_out;
  }

  void take(const char* bytes, std::size_t count) {
    size_ += count;
    checksum_ = static_cast<std::uint32_t>(crc32_z(checksum_, reinterpret_cast<const Bytef*>(bytes), count));
    if (!fault_.empty()) return;
    if (size_ > member_.size) {
      fault_ = "a file that is larger than the zip file's directory says";
    } else if (ended_ && size_ < member_.size) {
      fault_ = "a file that is smaller than the zip file's directory says";
    } else if (ended_ && checksum_ != member_.checksum) {
      fault_ = "a damaged file: its checksum is another";
    }
  }

  ZipArchive& archive_;
  Unpackers& with_;
  std::string path_;
  Member member_;
  std::uint64_t at_;
  std::uint64_t packed_left_;
  std::string_view rest_;
  std::uint64_t size_ = 0;
  std::uint32_t checksum_ = 0;
  bool ended_ = false;
  std::string fault_;
};

ZipArchive::ZipArchive(const std::string& path, ReadMeter* meter)
    : ZipArchive(path, std::make_unique<std::ifstream>(path, std::ios::binary), meter) {}

ZipArchive::ZipArchive(std::string path, std::unique_ptr<std::istream> stream, ReadMeter* meter)
    : path_(std::move(path)), stream_(std::move(stream)), meter_(meter), unpackers_(std::make_unique<Unpackers>()) {
  if (!*stream_) throw Error(escaped(path_) + ": can't be opened: " + std::strerror(errno));
  stream_->seekg(0, std::ios::end);
  file_size_ = static_cast<std::uint64_t>(std::max<std::streamoff>(stream_->tellg(), 0));
  read_directory();
  keep_last_of_each_name();
  refuse_bomb();
}

ZipArchive::~ZipArchive() = default;

void ZipArchive::reject(const std::string& came) const {
  throw DataError({path_, 0}, "expected a zip file, came " + came);
}

std::string ZipArchive::read_at(std::uint64_t at, std::size_t size) {
  if (at > file_size_ || size > file_size_ - at) reject("one that ends early");
  std::string bytes(size, '\0');
  stream_->clear();
  stream_->seekg(static_cast<std::streamoff>(at));
  stream_->read(bytes.data(), static_cast<std::streamsize>(size));
  if (static_cast<std::size_t>(stream_->gcount()) != size) reject("one that can't be read");
  return bytes;
}

void ZipArchive::read_directory() {
  const auto tail_size =
      static_cast<std::size_t>(std::min<std::uint64_t>(file_size_, kEndRecord + kLongestComment));
  const std::uint64_t tail_at = file_size_ - tail_size;
  const std::string tail = read_at(tail_at, tail_size);
  std::size_t end = std::string::npos;
  for (std::size_t i = tail_size < kEndRecord ? 0 : tail_size - kEndRecord + 1; i-- > 0;) {
    if (tail.compare(i, 4, "PK\x05\x06") == 0 && i + kEndRecord + u16(tail, i + 20) == tail_size) {
      end = i;
      break;
    }
  }
  if (end == std::string::npos) reject("one without a directory at its end: it was cut off, or is no zip file");
  std::uint64_t count = u16(tail, end + 10);
  std::uint64_t size = u32(tail, end + 12);
  std::uint64_t at = u32(tail, end + 16);
  std::uint64_t directory_end = tail_at + end;
  const bool locator = end >= kEnd64Locator && tail.compare(end - kEnd64Locator, 4, "PK\x06\x07") == 0;
  if (locator) {
    directory_end = u64(tail, end - kEnd64Locator + 8);
    const std::string end64 = read_at(directory_end, kEnd64Record);
    if (!end64.starts_with("PK\x06\x06")) reject("one whose zip64 directory is not where it says");
    count = u64(end64, 32);
    size = u64(end64, 40);
    at = u64(end64, 48);
  }
  if (count > kMostMembers) reject(fmt::format("one with {} files: more than {}", count, kMostMembers));
  if (size > kMostDirectory || at > directory_end || size > directory_end - at) {
    reject("one whose directory is not where it says");
  }
  directory_ = read_at(at, static_cast<std::size_t>(size));
  add_members(static_cast<std::size_t>(count), at);
}

void ZipArchive::add_members(std::size_t count, std::uint64_t directory_at) {
  const std::string_view bytes = directory_;
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (bytes.size() - at < kDirectoryEntry || bytes.substr(at, 4) != "PK\x01\x02") {
      reject("one with a damaged directory");
    }
    const std::size_t name = u16(bytes, at + 28);
    const std::size_t extra = u16(bytes, at + 30);
    const std::size_t whole = kDirectoryEntry + name + extra + u16(bytes, at + 32);
    if (bytes.size() - at < whole || members_.size() == count) reject("one with a damaged directory");
    Member member;
    member.name = bytes.substr(at + kDirectoryEntry, name);
    member.flags = u16(bytes, at + 8);
    member.method = u16(bytes, at + 10);
    member.checksum = u32(bytes, at + 16);
    member.packed_size = u32(bytes, at + 20);
    member.size = u32(bytes, at + 24);
    member.at = u32(bytes, at + 42);
    if (!take_zip64(bytes.substr(at + kDirectoryEntry + name, extra), member))
      reject("one with a damaged directory");
    members_.push_back(member);
    at += whole;
  }
  if (members_.size() != count) reject(fmt::format("one with {} files that says {}", members_.size(), count));
  refuse_overlaps(directory_at);
}

// Members that share bytes are how a small file becomes a large one without packing much.
void ZipArchive::refuse_overlaps(std::uint64_t directory_at) {
  std::vector<Member*> order;
  order.reserve(members_.size());
  for (Member& member : members_) order.push_back(&member);
  std::sort(order.begin(), order.end(), [](const Member* a, const Member* b) { return a->at < b->at; });
  std::uint64_t limit = directory_at;
  for (std::size_t i = order.size(); i-- > 0;) {
    Member& member = *order[i];
    const std::uint64_t header = kLocalHeader + member.name.size();
    if (member.at > limit || limit - member.at < header || limit - member.at - header < member.packed_size) {
      reject("one whose files overlap");
    }
    member.limit = limit;
    limit = member.at;
  }
}

void ZipArchive::keep_last_of_each_name() {
  std::unordered_map<std::string_view, std::size_t> last;
  last.reserve(members_.size());
  for (std::size_t i = 0; i < members_.size(); ++i) last[members_[i].name] = i;
  std::vector<Member> kept;
  kept.reserve(last.size());
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (last.at(members_[i].name) == i) kept.push_back(members_[i]);
  }
  members_ = std::move(kept);
}

// Each is held to the size that the directory says, so that their sum bounds the work.
void ZipArchive::refuse_bomb() const {
  std::uint64_t total = 0;
  for (const Member& member : members_) {
    total = member.size > ~total ? ~std::uint64_t{0} : total + member.size;
  }
  if (total <= kHarmless || total / kMostRatio <= file_size_) return;
  reject(fmt::format("one of {} bytes that would unpack to {}: more than {} times as much", file_size_, total,
                     kMostRatio));
}

const ZipArchive::Member* ZipArchive::find(std::string_view name) const {
  const auto found =
      std::find_if(members_.begin(), members_.end(), [&](const Member& member) { return member.name == name; });
  return found == members_.end() ? nullptr : &*found;
}

std::unique_ptr<ByteSource> ZipArchive::open(const Member& member) {
  const std::string path = path_ + "/" + std::string(member.name);
  const auto refuse = [&](const std::string& came) {
    throw DataError({path, 0}, "expected a file packed by deflate or zstd, came " + came);
  };
  if ((member.flags & 1U) != 0) refuse("an encrypted one");
  if (member.method != kStored && member.method != kDeflated && member.method != kZstd) {
    refuse(fmt::format("one packed by method {}", member.method));
  }
  const std::string header = read_at(member.at, kLocalHeader + member.name.size());
  const std::uint64_t data = member.at + kLocalHeader + u16(header, 26) + u16(header, 28);
  const bool same_name = header.compare(kLocalHeader, std::string::npos, member.name) == 0;
  if (!header.starts_with("PK\x03\x04") || u16(header, 26) != member.name.size() || !same_name) {
    refuse("another than the zip file's directory says");
  }
  if (data > member.limit || member.packed_size > member.limit - data) refuse("one that overlaps another");
  return std::make_unique<Unpacker>(*this, member, data);
}

bool is_zip(const std::string& path) {
  char first[4] = {};
  std::ifstream file(path, std::ios::binary);
  file.read(first, sizeof first);
  const std::string_view start(first, static_cast<std::size_t>(file.gcount()));
  return start == "PK\x03\x04" || start == "PK\x05\x06";
}

}  // namespace assay::data

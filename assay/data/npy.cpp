#include "assay/data/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>

#include "assay/core/error.h"
#include "assay/data/byte_source.h"

namespace assay::data {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kLargestHeader = 65'536;  // bytes
constexpr std::size_t kMostColumns = 1U << 20U;
constexpr std::size_t kFirstRead = std::size_t{1} << 20U;  // bytes

// What the header says: a Python dictionary of three entries.
struct Header {
  char order = '<';  // of bytes
  std::size_t size = 0;
  bool by_columns = false;
  std::size_t rows = 0;
  std::size_t columns = 0;
};

class NpyParser {
 public:
  NpyParser(std::string_view path, std::string_view bytes) : path_(path), bytes_(bytes) {}

  NumberMatrix parse() {
    const std::string_view text = take_header();
    const Header header = read_header(text);
    const std::size_t most = bytes_.size() / header.size;
    if (header.columns > 0 && header.rows > most / header.columns) {
      reject(fmt::format("expected {} x {} numbers of {} bytes, came {} bytes", header.rows, header.columns,
                         header.size, bytes_.size()));
    }
    const std::size_t count = header.rows * header.columns;
    if (bytes_.size() != count * header.size) {
      reject(fmt::format("expected {} x {} numbers of {} bytes, came {} bytes", header.rows, header.columns,
                         header.size, bytes_.size()));
    }
    NumberMatrix matrix{header.rows, header.columns, std::vector<float>(count)};
    for (std::size_t i = 0; i < count; ++i) {
      const double value = number(header, i);
      const std::size_t at = header.by_columns ? i % header.rows * header.columns + i / header.rows : i;
      if (!std::isfinite(static_cast<float>(value))) {
        reject(fmt::format("expected finite numbers, came {} in row {}", value, at / header.columns + 1));
      }
      matrix.values[at] = static_cast<float>(value);
    }
    return matrix;
  }

 private:
  [[noreturn]] void reject(const std::string& what) const { throw DataError(Location{path_}, what); }

  // Cuts magic, version and header off bytes_, and returns the header's text.
  std::string_view take_header() {
    if (!bytes_.starts_with(kMagic) || bytes_.size() < 10) {
      reject("expected a NumPy file (.npy), came something else");
    }
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(bytes_[i]));
    };
    const std::size_t version = byte(6);
    if (version < 1 || version > 3) reject(fmt::format("expected version 1 to 3 of the format, came {}", version));
    const std::size_t start = version == 1 ? 10 : 12;
    if (bytes_.size() < start) reject("the file ends within its header");
    std::size_t length = byte(8) | byte(9) << 8U;
    if (version > 1) length |= byte(10) << 16U | byte(11) << 24U;
    if (length > kLargestHeader) {
      reject(fmt::format("expected a header of {} bytes at most, came {}", kLargestHeader, length));
    }
    if (bytes_.size() - start < length) reject("the file ends within its header");
    const std::string_view header = bytes_.substr(start, length);
    bytes_.remove_prefix(start + length);
    return header;
  }

  // What stands after 'key': in the dictionary.
  std::string_view entry(std::string_view header, std::string_view key) const {
    const std::string quoted_key = "'" + std::string(key) + "'";
    const std::size_t at = header.find(quoted_key);
    if (at == std::string_view::npos) reject("expected a header with " + quoted_key);
    std::string_view rest = header.substr(at + quoted_key.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" :"), rest.size()));
    return rest;
  }

  Header read_header(std::string_view text) const {
    Header header;
    const std::string_view type = entry(text, "descr");
    const bool known = type.size() >= 5 && (type[0] == '\'' || type[0] == '"') &&
                       (type[1] == '<' || type[1] == '>' || type[1] == '=') && type[2] == 'f' &&
                       (type[3] == '2' || type[3] == '4' || type[3] == '8') && type[4] == type[0];
    if (!known) reject("expected an array of float16, float32 or float64, came " + quoted(type, 20));
    header.order = type[1];
    header.size = static_cast<std::size_t>(type[3] - '0');
    header.by_columns = entry(text, "fortran_order").starts_with("True");
    std::string_view shape = entry(text, "shape");
    if (!shape.starts_with('(')) reject("expected a header with the shape of the array");
    shape = shape.substr(1, shape.find(')') - 1);
    const std::optional<std::size_t> rows = take_length(shape);
    const std::optional<std::size_t> columns = take_length(shape);
    if (!rows || !columns || *columns < 1 || *columns > kMostColumns || take_length(shape)) {
      reject("expected an array of two dimensions, a row for each text");
    }
    header.rows = *rows;
    header.columns = *columns;
    return header;
  }

  // The next length of a shape "12032, 384"; empty if there is none.
  static std::optional<std::size_t> take_length(std::string_view& shape) {
    shape.remove_prefix(std::min(shape.find_first_not_of(", "), shape.size()));
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(shape.data(), shape.data() + shape.size(), value);
    if (error != std::errc{}) return std::nullopt;
    shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
    return value;
  }

  double number(const Header& header, std::size_t i) const {
    std::uint64_t bits = 0;
    for (std::size_t b = 0; b < header.size; ++b) {
      const std::size_t at = header.order == '>' ? b : header.size - 1 - b;
      bits = bits << 8U | static_cast<unsigned char>(bytes_[i * header.size + at]);
    }
    if (header.size == 8) return std::bit_cast<double>(bits);
    if (header.size == 4) return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    return half(static_cast<std::uint32_t>(bits));
  }

  static double half(std::uint32_t bits) {
    const std::uint32_t exponent = bits >> 10U & 31U;
    const auto fraction = static_cast<double>(bits & 1023U);
    const double sign = (bits >> 15U) != 0 ? -1 : 1;
    if (exponent == 31) return std::numeric_limits<double>::quiet_NaN();
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(1024 + fraction, static_cast<int>(exponent) - 25);
  }

  std::string_view path_;
  std::string_view bytes_;
};

}  // namespace

NumberMatrix read_npy(const std::string& path) {
  const std::unique_ptr<ByteSource> source = open_source(path, nullptr);
  std::string bytes;
  std::size_t used = 0;
  for (std::size_t more = 1; more > 0;) {
    if (used == bytes.size()) bytes.resize(std::max(kFirstRead, 2 * used));
    more = source->read(bytes.data() + used, bytes.size() - used);
    used += more;
  }
  if (!source->fault().empty()) throw DataError(Location{path}, source->fault());
  bytes.resize(used);
  return parse_npy(path, bytes);
}

NumberMatrix parse_npy(std::string_view path, std::string_view bytes) { return NpyParser(path, bytes).parse(); }

}  // namespace assay::data

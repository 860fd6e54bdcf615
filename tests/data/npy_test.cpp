#include "assay/data/npy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

template <typename T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string npy(const std::string& header, const std::string& data, char version = 1) {
  std::string file = "\x93NUMPY";
  file += version;
  file += '\0';
  const std::size_t length = header.size();
  for (int b = 0; b < (version == 1 ? 2 : 4); ++b) file += static_cast<char>(length >> (8 * b) & 0xFF);
  return file + header + data;
}

std::string header(const std::string& type, const std::string& shape, const std::string& by_columns = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + by_columns + ", 'shape': " + shape + ", }          \n";
}

std::string refusal(const std::string& bytes) {
  return error_of([&] { parse_npy("x.npy", bytes); });
}

TEST(Npy, ReadsFloatsOfAllSizes) {
  const std::vector<float> expected = {1, -2.5F, 0, 3, 0.125F, 65504};
  const NumberMatrix single = parse_npy("x.npy", npy(header("<f4", "(2, 3)"), raw(expected)));
  EXPECT_EQ(single.rows, 2U);
  EXPECT_EQ(single.columns, 3U);
  EXPECT_EQ(single.values, expected);
  const std::vector<double> wide(expected.begin(), expected.end());
  EXPECT_EQ(parse_npy("x.npy", npy(header("<f8", "(2, 3)"), raw(wide), 2)).values, expected);
  const std::vector<std::uint16_t> half = {0x3C00, 0xC100, 0, 0x4200, 0x3000, 0x7BFF};
  EXPECT_EQ(parse_npy("x.npy", npy(header("<f2", "(2, 3)"), raw(half), 3)).values, expected);
  EXPECT_EQ(parse_npy("x.npy", npy(header("<f2", "(1, 1)"), raw(std::vector<std::uint16_t>{1}))).values[0],
            std::ldexp(1.0F, -24));
}

TEST(Npy, ReadsTheOtherByteOrder) {
  EXPECT_EQ(parse_npy("x.npy", npy(header(">f4", "(1, 1)"), std::string("\x3f\x80\0\0", 4))).values[0], 1.0F);
}

TEST(Npy, ReadsByColumns) {
  const std::string file = npy(header("<f4", "(2, 3)", "True"), raw(std::vector<float>{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(parse_npy("x.npy", file).values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Npy, ReadsFilesPlainAndPacked) {
  SampleFolder folder;
  const std::string file = npy(header("<f4", "(2, 1)"), raw(std::vector<float>{7, 8}));
  folder.write("x.npy", file);
  EXPECT_EQ(read_npy(folder.path("x.npy")).values, (std::vector<float>{7, 8}));
  folder.write("x.npy.gz", gzipped(file));
  EXPECT_EQ(read_npy(folder.path("x.npy.gz")).values, (std::vector<float>{7, 8}));
  EXPECT_THROW(read_npy(folder.path("none.npy")), Error);
}

TEST(Npy, TellsWhatIsWrong) {
  const std::string data = raw(std::vector<float>{1, 2, 3, 4, 5, 6});
  EXPECT_EQ(refusal("hello"), "x.npy: expected a NumPy file (.npy), came something else");
  EXPECT_EQ(refusal(npy(header("<f4", "(2, 3)"), data, 4)), "x.npy: expected version 1 to 3 of the format, came 4");
  EXPECT_EQ(refusal(npy(header("<i4", "(2, 3)"), data)),
            "x.npy: expected an array of float16, float32 or float64, came \"'<i4', 'fortran_orde...\"");
  EXPECT_EQ(refusal(npy(header("<f4", "(6,)"), data)),
            "x.npy: expected an array of two dimensions, a row for each text");
  EXPECT_EQ(refusal(npy(header("<f4", "(1, 2, 3)"), data)),
            "x.npy: expected an array of two dimensions, a row for each text");
  EXPECT_EQ(refusal(npy(header("<f4", "(2, 4)"), data)), "x.npy: expected 2 x 4 numbers of 4 bytes, came 24 bytes");
  EXPECT_EQ(refusal(npy(header("<f4", "(99999999999, 99999)"), data)),
            "x.npy: expected 99999999999 x 99999 numbers of 4 bytes, came 24 bytes");
  EXPECT_EQ(refusal(npy(header("<f4", "(1, 1)"), std::string("\0\0\xc0\x7f", 4))),
            "x.npy: expected finite numbers, came nan in row 1");
  EXPECT_EQ(refusal(npy("{}", data)), "x.npy: expected a header with 'descr'");
}

TEST(Npy, SurvivesCutsAndChanges) {
  const std::string whole = npy(header("<f4", "(2, 3)"), raw(std::vector<float>{1, 2, 3, 4, 5, 6}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(parse_npy("x.npy", whole.substr(0, size)), DataError) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x21);
    try {
      parse_npy("x.npy", changed);
    } catch (const DataError&) {  // NOLINT(bugprone-empty-catch): a clear refusal is right, too.
    }
  }
}

}  // namespace
}  // namespace assay::data

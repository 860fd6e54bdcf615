#include "assay/data/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> lines_of(ByteSource& source, std::size_t max_line = kMaxLine) {
  LineReader reader(source, max_line);
  std::vector<std::string> lines;
  while (reader.next()) {
    lines.emplace_back(reader.line());
    EXPECT_EQ(reader.number(), lines.size());
  }
  return lines;
}

std::vector<std::string> lines_of(std::string_view text) { return lines_of(*memory_source("f", text)); }

TEST(LineReader, GivesLinesWithAndWithoutAnEndAndWithoutTheByteOrderMark) {
  EXPECT_THAT(lines_of(""), ElementsAre());
  EXPECT_THAT(lines_of("a"), ElementsAre("a"));
  EXPECT_THAT(lines_of("a\n\nb\n"), ElementsAre("a", "", "b"));
  EXPECT_THAT(lines_of("\xEF\xBB\xBF"
                       "a\r\nb"),
              ElementsAre("a\r", "b"));
  EXPECT_THAT(lines_of("\xEF\xBB\xBF"), ElementsAre());
}

TEST(LineReader, GivesLinesOfAnyLengthAcrossItsBuffer) {
  std::string text;
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 60; ++i) {
    expected.emplace_back(i * 20011 % 700000, static_cast<char>('a' + i % 26));
    text += expected.back() + "\n";
  }
  EXPECT_EQ(lines_of(text), expected);
}

TEST(LineReader, RefusesALineAboveTheLimitAndUtf16) {
  const std::string text = "short\n" + std::string(2'000'000, 'x');
  EXPECT_THAT(error_of([&] { lines_of(*memory_source("f", text), 1'000'000); }), HasSubstr("f:2: expected a line"));
  EXPECT_EQ(error_of([] {
              lines_of(
                  "\xFF\xFE"
                  "a");
            }),
            "f:1: expected UTF-8, came UTF-16; convert it: iconv -f UTF-16 -t UTF-8 f > NEW_FILE");
  EXPECT_THAT(error_of([] { lines_of(std::string_view("a\0b\0", 4)); }), HasSubstr("iconv -f UTF-16LE"));
  EXPECT_THAT(error_of([] { lines_of(std::string_view("\0a\0b", 4)); }), HasSubstr("iconv -f UTF-16BE"));
}

std::string zstd_frame(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
  return packed;
}

TEST(LineReader, ReadsZstdWhateverTheNameAndTellsWhereItIsDamaged) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += std::to_string(i * 7919LL % 1000003) + "\n";
  const std::string packed = zstd_frame(text);
  const SampleFolder folder;
  EXPECT_EQ(lines_of(*open_source(folder.write("a", packed), nullptr)).size(), 100000U);
  EXPECT_EQ(lines_of(*open_source(folder.write("two", packed + packed), nullptr)).size(), 200000U);

  for (const std::size_t kept : {packed.size() / 2, packed.size() - 1}) {
    const std::string half = folder.write("half.zst", packed.substr(0, kept));
    EXPECT_THAT(error_of([&] { lines_of(*open_source(half, nullptr)); }), HasSubstr("a zstd file that ends early"));
  }
  const std::string more = folder.write("more.zst", packed + "no zstd");
  EXPECT_THAT(error_of([&] { lines_of(*open_source(more, nullptr)); }), HasSubstr("a damaged zstd file"));
}

TEST(LineReader, ReadsGzipWhateverTheNameAndTellsWhereItIsDamaged) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += std::to_string(i * 7919LL % 1000003) + "\n";
  const std::string packed = gzipped(text);
  const SampleFolder folder;
  EXPECT_EQ(lines_of(*open_source(folder.write("a", packed), nullptr)).size(), 100000U);

  const std::string half = folder.write("half.gz", packed.substr(0, packed.size() / 2));
  EXPECT_THAT(
      error_of([&] { lines_of(*open_source(half, nullptr)); }),
      testing::AllOf(testing::MatchesRegex(".*half.gz:[0-9]+: .*"), HasSubstr("a gzip file that ends early")));
  std::string damaged = packed;
  for (std::size_t i = packed.size() / 2; i < packed.size() / 2 + 50; ++i)
    damaged[i] = static_cast<char>(~damaged[i]);
  const std::string broken = folder.write("broken.gz", damaged);
  EXPECT_THAT(error_of([&] { lines_of(*open_source(broken, nullptr)); }), HasSubstr("a damaged gzip file"));
  const std::string no_end = folder.write("no_end.gz", packed.substr(0, packed.size() - 4));
  EXPECT_THAT(error_of([&] { lines_of(*open_source(no_end, nullptr)); }), HasSubstr("a gzip file that ends early"));
}

TEST(LineReader, StopsAtAGzipBombOfOneLine) {
  const SampleFolder folder;
  const std::string bomb = folder.write("bomb.gz", gzipped(std::string(kMaxLine * 3, 'x')));
  EXPECT_THAT(error_of([&] { lines_of(*open_source(bomb, nullptr)); }),
              HasSubstr("bomb.gz:1: expected a line of at most 64 MiB, came a longer one"));
}

TEST(ReadDocument, GivesTheWholeAndMayUseTheBufferAgain) {
  std::vector<char> buffer;
  const std::string large(900'001, 'x');
  EXPECT_EQ(read_document(*memory_source("f", large), buffer), large);
  EXPECT_EQ(read_document(*memory_source("f", "\xEF\xBB\xBF[1]"), buffer), "[1]");
  EXPECT_EQ(read_document(*memory_source("f", ""), buffer), "");
  EXPECT_THAT(error_of([&] { read_document(*memory_source("f", large), buffer, 800'000); }),
              HasSubstr("f: expected a document of at most"));
}

TEST(OpenSource, CountsBytesOnDiskAndTellsWhyAFileCantBeOpened) {
  const SampleFolder folder;
  const std::string file = folder.write("a", std::string(100'000, 'x') + "\n");
  std::size_t told = 0;
  const Progress progress = [&](std::size_t done, std::size_t total) {
    told = done;
    EXPECT_EQ(total, 100'001U);
  };
  ReadMeter meter(100'001, progress);
  lines_of(*open_source(file, &meter));
  EXPECT_EQ(told, 100'001U);
  EXPECT_THAT(error_of([&] { open_source(folder.path("nothing"), nullptr); }),
              HasSubstr("can't be opened: No such file"));
}

TEST(CheckUtf8, NamesTheLine) {
  EXPECT_NO_THROW(check_utf8("a\n\xC3\xA4\n", "f", 5));
  EXPECT_EQ(error_of([] { check_utf8("a\nb\xFF", "f", 5); }), "f:6: expected UTF-8, came \"\\xff\"");
}

}  // namespace
}  // namespace assay::data

#include "assay/file/section_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "assay/core/rng.h"
#include "assay/file/mapped_file.h"
#include "tests/store/study_fixture.h"

namespace assay::file {
namespace {

constexpr SectionKind kKind{"SAMPLE\r\n", "sample", 3};

class SectionFileTest : public StudyTest {
 protected:
  SectionFileTest() : file_(path("x.sample")) {
    const std::vector<NamedBytes> sections = {{"first", "some bytes"}, {"empty", ""}, {"last", long_}};
    write_sections(file_, kKind, sections);
  }

  std::string long_ = std::string(1000, 'x');
  std::string file_;

  // The message for these bytes; "read" if they can be read.
  static std::string reading(const std::string& content, const SectionKind& kind = kKind) {
    std::vector<std::max_align_t> aligned(content.size() / sizeof(std::max_align_t) + 1);
    if (!content.empty()) std::memcpy(aligned.data(), content.data(), content.size());
    try {
      read_sections("x.sample", kind, {reinterpret_cast<const char*>(aligned.data()), content.size()});
    } catch (const DataError& error) {
      return error.what();
    }
    return "read";
  }
};

TEST_F(SectionFileTest, GivesBackWhatWasWritten) {
  const MappedFile mapped(file_);
  const std::vector<NamedBytes> sections = read_sections(file_, kKind, mapped.bytes());
  ASSERT_EQ(sections.size(), 3U);
  EXPECT_EQ(sections[0].name, "first");
  EXPECT_EQ(sections[0].bytes, "some bytes");
  EXPECT_EQ(sections[1].bytes, "");
  EXPECT_EQ(sections[2].bytes, long_);
  for (const NamedBytes& section : sections) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(section.bytes.data()) % 64, 0U);
  }
  EXPECT_FALSE(std::filesystem::exists(file_ + ".new"));
}

TEST_F(SectionFileTest, ReplacesAFileThatIsMapped) {
  const MappedFile mapped(file_);
  write_sections(file_, kKind, std::vector<NamedBytes>{{"other", "y"}});
  EXPECT_EQ(read_sections(file_, kKind, mapped.bytes()).size(), 3U) << "the old one stays while it is used";
  EXPECT_EQ(read_sections(file_, kKind, MappedFile(file_).bytes()).size(), 1U);
}

TEST_F(SectionFileTest, EveryCutIsNoticed) {
  const std::string whole = bytes(file_);
  EXPECT_EQ(reading(whole), "read");
  EXPECT_EQ(reading(""), "x.sample: expected a sample, came an empty file");
  EXPECT_EQ(reading(whole.substr(0, 63)), "x.sample: expected a sample, came something else");
  EXPECT_EQ(reading(whole.substr(0, whole.size() - 1)), "x.sample: expected " + std::to_string(whole.size()) +
                                                            " bytes, came " + std::to_string(whole.size() - 1) +
                                                            ": the file is cut off, or something was added");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_NE(reading(whole.substr(0, size)), "read") << size;
  EXPECT_NE(reading(whole + "x"), "read");
}

TEST_F(SectionFileTest, EveryChangedByteThatMattersIsNoticed) {
  const std::string whole = bytes(file_);
  std::size_t unnoticed = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    unnoticed += reading(changed) == "read" ? 1 : 0;
  }
  // Only the bytes between sections, which nobody reads.
  EXPECT_LT(unnoticed, 3U * 64U);
}

TEST_F(SectionFileTest, TellsWhatIsWrong) {
  const std::string whole = bytes(file_);
  const auto with = [&](std::size_t at, char value) {
    std::string changed = whole;
    changed[at] = value;
    return changed;
  };
  EXPECT_EQ(reading(std::string(2000, 'a')), "x.sample: expected a sample, came something else");
  EXPECT_EQ(reading(with(8, 4)), "x.sample: made by a newer Assay: version 4 of a sample, this one reads 3");
  EXPECT_EQ(reading(with(8, 2)), "x.sample: version 2 of a sample, this Assay reads 3: make it anew");
  EXPECT_EQ(reading(with(12, 1)), "x.sample: made on a machine of another byte order");
  EXPECT_EQ(reading(with(65, 'X')), "x.sample: damaged: the checksum of its table is wrong");
  EXPECT_EQ(reading(with(24, '\x7f')), "x.sample: damaged: its table is longer than the file");
  EXPECT_EQ(reading(with(whole.size() - 1, 'y')), "x.sample: damaged: the checksum of section \"last\" is wrong");
}

TEST_F(SectionFileTest, CanNotBeWrittenWhereThereIsNoFolder) {
  EXPECT_THROW(write_sections(path("none/x.sample"), kKind, {}), Error);
}

TEST_F(SectionFileTest, LongNamesAreRefused) {
  const std::vector<NamedBytes> sections = {{std::string(24, 'n'), "x"}};
  EXPECT_THROW(write_sections(path("y"), kKind, sections), InvalidArgument);
}

TEST_F(SectionFileTest, MappingNeedsAPlainFile) {
  EXPECT_EQ(error_of([&] { MappedFile{path()}; }), path() + ": can't be opened (No such file or directory)");
  EXPECT_EQ(error_of([&] { MappedFile(folder_.string()); }), folder_.string() + ": expected a plain file");
  write(path("empty"), "");
  EXPECT_TRUE(MappedFile(path("empty")).bytes().empty());
}

}  // namespace
}  // namespace assay::file

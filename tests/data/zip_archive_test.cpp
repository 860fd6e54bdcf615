#include "assay/data/zip_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <sstream>

#include "assay/data/text_file.h"
#include "tests/data/sample_folder.h"
#include "tests/data/zip_file.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<ZipArchive> opened(const std::string& bytes) {
  return std::make_unique<ZipArchive>("f.zip", std::make_unique<std::istringstream>(bytes), nullptr);
}

std::string text_of(ZipArchive& archive, const ZipArchive::Member& member) {
  std::vector<char> buffer;
  return std::string(read_document(*archive.open(member), buffer));
}

/// "name=text" of each member.
std::vector<std::string> contents(const std::string& bytes) {
  const auto archive = opened(bytes);
  std::vector<std::string> result;
  for (const auto& member : archive->members()) {
    result.push_back(std::string(member.name) + "=" + text_of(*archive, member));
  }
  return result;
}

/// What is thrown, within a second.
std::string zip_refusal(const std::string& bytes) {
  const std::clock_t start = std::clock();  // of the processor: the machine may have other things to do
  std::string error = error_of([&] { contents(bytes); });
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
  return error;
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919 % 10'007) + " ";
  return text;
}

ZipFile three_kinds(const std::string& text) {
  ZipFile zip;
  zip.add("stored", text, ZipFile::kStored);
  zip.add("deflated", text, ZipFile::kDeflate);
  zip.add("zstd", text, ZipFile::kZstd);
  return zip;
}

TEST(ZipArchive, UnpacksAllThreeKinds) {
  for (const std::string& text : {std::string("six"), std::string(), long_text()}) {
    for (const bool zip64 : {false, true}) {
      EXPECT_THAT(contents(three_kinds(text).bytes(zip64)),
                  ElementsAre("stored=" + text, "deflated=" + text, "zstd=" + text));
    }
  }
}

TEST(ZipArchive, ReadsSeveralFramesAsOneText) {
  const std::string text = long_text();
  ZipFile zip;
  zip.add_packed("a", text, ZipFile::kZstd, ZipFile::zstd(text.substr(0, 1000)) + ZipFile::zstd(text.substr(1000)));
  EXPECT_THAT(contents(zip.bytes()), ElementsAre("a=" + text));
}

TEST(ZipArchive, TheLastOfANameCounts) {
  ZipFile zip;
  zip.add("a", "old");
  zip.add("b", "b");
  zip.add("a", "new");
  EXPECT_THAT(contents(zip.bytes()), ElementsAre("b=b", "a=new"));
}

TEST(ZipArchive, WhatTheDirectoryDoesNotListIsNotThere) {
  ZipFile zip;
  zip.add("a", "old");
  zip.add("b", "b");
  zip.entries.erase(zip.entries.begin());
  EXPECT_THAT(contents(zip.bytes()), ElementsAre("b=b"));
}

TEST(ZipArchive, AnyNameWillDo) {
  ZipFile zip;
  zip.add("../../etc/passwd", "1");
  zip.add("", "2");
  zip.add(std::string("a\0\xFF/", 4), "3");
  EXPECT_EQ(contents(zip.bytes()).size(), 3U);
}

TEST(ZipArchive, FindsAMember) {
  const auto archive = opened(three_kinds("x").bytes());
  ASSERT_NE(archive->find("zstd"), nullptr);
  EXPECT_EQ(archive->find("zstd")->size, 1U);
  EXPECT_EQ(archive->find("nothing"), nullptr);
}

TEST(ZipArchive, RefusesWhatIsCutOff) {
  const std::string bytes = three_kinds(long_text()).bytes();
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_THAT(zip_refusal(bytes.substr(0, bytes.size() * i / 40)),
                HasSubstr("f.zip: expected a zip file, came one without a directory"));
  }
}

TEST(ZipArchive, RefusesDamage) {
  ZipFile changed = three_kinds(long_text());
  for (auto& entry : changed.entries) entry.checksum ^= 1U;
  EXPECT_THAT(zip_refusal(changed.bytes()),
              HasSubstr("f.zip/stored:1: expected a readable file, came a damaged file"));
  const std::string text = long_text();
  for (const std::uint16_t method : {ZipFile::kDeflate, ZipFile::kZstd}) {
    const std::string packed = ZipFile::packed(text, method);
    ZipFile zip;
    zip.add_packed("a", text, method, packed.substr(0, packed.size() / 2));
    EXPECT_THAT(zip_refusal(zip.bytes()), HasSubstr("ends early"));
    ZipFile more;
    more.add_packed("a", text, method, packed + "more");
    EXPECT_THAT(zip_refusal(more.bytes()),
                HasSubstr(method == ZipFile::kZstd ? "damaged" : "goes on after its end"));
  }
}

TEST(ZipArchive, HoldsMembersToTheSizeThatTheDirectorySays) {
  for (const std::uint16_t method : {ZipFile::kDeflate, ZipFile::kZstd}) {
    ZipFile zip;
    zip.add("a", long_text(), method).size -= 1;
    EXPECT_THAT(zip_refusal(zip.bytes()), HasSubstr("larger than the zip file's directory says"));
    zip.entries[0].size += 2;
    EXPECT_THAT(zip_refusal(zip.bytes()), HasSubstr("smaller than the zip file's directory says"));
  }
}

TEST(ZipArchive, RefusesBombs) {
  const std::string zeros(std::size_t{64} << 20U, '\0');
  for (const std::uint16_t method : {ZipFile::kDeflate, ZipFile::kZstd}) {
    ZipFile honest;  // says what it unpacks to
    const std::string packed = ZipFile::packed(zeros, method);
    for (const char* name : {"a", "b", "c", "d", "e"}) honest.add_packed(name, zeros, method, packed);
    EXPECT_THAT(zip_refusal(honest.bytes()), HasSubstr("more than 200 times as much"));
    for (auto& entry : honest.entries) entry.size = 10;
    EXPECT_THAT(zip_refusal(honest.bytes()), HasSubstr("larger than the zip file's directory says"));
  }
}

TEST(ZipArchive, RefusesMembersThatOverlap) {
  ZipFile zip = three_kinds(long_text());
  zip.entries.push_back(zip.entries[1]);
  zip.entries.back().name = "again";
  EXPECT_THAT(zip_refusal(zip.bytes()), HasSubstr("whose files overlap"));
  ZipFile quine = three_kinds("x");
  quine.entries[0].packed.resize(40);
  EXPECT_THAT(zip_refusal(quine.bytes()), HasSubstr("whose files overlap"));
}

TEST(ZipArchive, RefusesAMillionMembers) {
  ZipFile zip;
  zip.add("a", "");
  zip.entries.resize(1'000'000, zip.entries[0]);
  EXPECT_THAT(zip_refusal(zip.bytes(true)), HasSubstr("one with 1000000 files: more than 500000"));
}

TEST(ZipArchive, RefusesADirectoryThatIsWrong) {
  ZipFile zip = three_kinds("x");
  zip.entries[1].name = "another";
  EXPECT_THAT(zip_refusal(zip.bytes()), HasSubstr("another than the zip file's directory says"));
  zip = three_kinds("x");
  zip.entries[1].at += 1;
  zip.entries[1].packed.pop_back();
  EXPECT_THAT(zip_refusal(zip.bytes()), HasSubstr("expected"));
  zip = three_kinds("x");
  zip.entries[1].method = 14;
  EXPECT_THAT(zip_refusal(zip.bytes()),
              HasSubstr("f.zip/deflated: expected a file packed by deflate or zstd, came one "
                        "packed by method 14"));
  zip = three_kinds("x");
  zip.entries[1].flags = 1;
  EXPECT_THAT(zip_refusal(zip.bytes()), HasSubstr("an encrypted one"));
  std::string count = three_kinds("x").bytes();
  count[count.size() - 12] = 4;
  EXPECT_THAT(zip_refusal(count), HasSubstr("one with 3 files that says 4"));
  EXPECT_THAT(zip_refusal(three_kinds("x").bytes() + "x"), HasSubstr("without a directory"));
}

TEST(ZipArchive, TellsAFileFromItsStart) {
  const SampleFolder folder;
  EXPECT_TRUE(is_zip(folder.write("a", three_kinds("x").bytes())));
  EXPECT_FALSE(is_zip(folder.write("b", "{}")));
  EXPECT_FALSE(is_zip(folder.path("nothing")));
}

}  // namespace
}  // namespace assay::data

#include "assay/file/whole_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/core/error.h"
#include "tests/data/sample_folder.h"

namespace assay::file {
namespace {

TEST(WholeText, IsWhatStandsThere) {
  SampleFolder folder;
  folder.write("a.json", "x\n");
  folder.write("empty", "");
  EXPECT_EQ(whole_text(folder.path("a.json")), "x\n");
  EXPECT_EQ(whole_text(folder.path("empty")), "");
}

TEST(WholeText, WhatIsNotThereOrTooLargeIsRefused) {
  SampleFolder folder;
  folder.write("large", "12345");
  EXPECT_EQ(whole_text(folder.path("large"), 5), "12345");
  EXPECT_THROW(whole_text(folder.path("large"), 4), DataError);
  EXPECT_THROW(whole_text(folder.path("none")), Error);
  EXPECT_THAT(error_of([&] { whole_text(folder.path("")); }),
              testing::EndsWith(": expected a file, came a folder"));
}

}  // namespace
}  // namespace assay::file

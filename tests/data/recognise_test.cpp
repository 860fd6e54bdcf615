#include "assay/data/recognise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/core/error.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

TEST(Recognise, WhatNobodyKnowsIsAskedFor) {
  const SampleFolder folder;
  const std::string path = folder.write("notes.txt", "buy milk\n");
  try {
    recognise(std::vector<std::string>{path});
    FAIL() << "recognised";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("put its name before the path: alpaca-eval, "));
  }
}

TEST(Recognise, APathWhereNothingIsIsTold) {
  EXPECT_THROW(recognise(std::vector<std::string>{"/nowhere/at/all"}), InvalidArgument);
  EXPECT_THROW(recognise({}), InvalidArgument);
}

}  // namespace
}  // namespace assay::data

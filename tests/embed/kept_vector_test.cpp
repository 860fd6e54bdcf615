#include "assay/embed/kept_vector.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace assay::embed {
namespace {

TEST(KeptVector, ComesBackBitByBit) {
  EXPECT_TRUE(rc::check([](const std::vector<float>& any) {
    std::vector<float> vector = any;
    for (float& value : vector) value = std::isfinite(value) ? value : 0;
    RC_ASSERT(vector_in(kept_text(vector)) == vector);
  }));
}

TEST(KeptVector, HasLengthOne) {
  EXPECT_EQ(normalized({3, 4}), (std::vector<float>{0.6F, 0.8F}));
  EXPECT_EQ(normalized({0, 0}), (std::vector<float>{0, 0}));
}

TEST(KeptVector, OtherTextIsNone) {
  for (const char* text : {"", "3f80000", "3f8000000", "hello wo", "7f800000", "-1234567"}) {
    EXPECT_TRUE(vector_in(text).empty()) << text;
  }
}

}  // namespace
}  // namespace assay::embed

#include "assay/data/natural_order.h"

#include <gtest/gtest.h>

namespace assay::data {
namespace {

TEST(NaturalOrder, CountsNumbersAsNumbers) {
  const std::string_view sorted[] = {"",  "a",   "a1",    "a02",    "a9b",  "a10",
                                     "b", "run", "run_2", "run_10", "v0.9", "v0.10"};
  for (std::size_t i = 0; i < std::size(sorted); ++i) {
    for (std::size_t k = 0; k < std::size(sorted); ++k) {
      EXPECT_EQ(natural_before(sorted[i], sorted[k]), i < k) << sorted[i] << " " << sorted[k];
    }
  }
  EXPECT_FALSE(natural_before("a02", "a2"));
  EXPECT_FALSE(natural_before("a2", "a02"));
}

}  // namespace
}  // namespace assay::data

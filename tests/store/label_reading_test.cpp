#include "assay/store/label_reading.h"

#include <gtest/gtest.h>

namespace assay::store {
namespace {

TEST(LabelReading, LettersMayBeDressed) {
  const LabelReading reading({"A", "B", "D"}, 4);
  for (const char* dressed :
       {"B", "b", "(B)", "[B]", "B.", "b)", "**B**", "\"B\"", " B ", "B. Paris", "(B) Paris", "B: 12"}) {
    EXPECT_EQ(reading.read(dressed), "B") << dressed;
  }
  EXPECT_EQ(reading.read("(C)"), "C") << "offered, though nowhere true";
  for (const char* other : {"", "1", "B or A", "b cell", "Before", "BB", "(", "B.C", "none"}) {
    EXPECT_EQ(reading.read(other), other);
  }
}

TEST(LabelReading, OnlyWhereEveryTrueLabelIsALetterOfItsOwn) {
  EXPECT_EQ(LabelReading({"A", "yes"}, 0).read("(A)"), "(A)");
  EXPECT_EQ(LabelReading({"A", "a"}, 0).read("(A)"), "(A)");
  EXPECT_EQ(LabelReading({"0", "1"}, 4).read("A"), "A");
  EXPECT_EQ(LabelReading({"a", "b"}, 0).read("(B)"), "b");
  EXPECT_EQ(LabelReading({"a", "b"}, 0).read("(C)"), "(C)");
  EXPECT_EQ(LabelReading({}, 0).read("(A)"), "(A)");
}

TEST(LabelReading, KnowsWhatIsOffered) {
  EXPECT_TRUE(LabelReading({"A"}, 3).is_known("C"));
  EXPECT_FALSE(LabelReading({"A"}, 3).is_known("D"));
  EXPECT_FALSE(LabelReading({"A"}, 0).is_known("B"));
  EXPECT_FALSE(LabelReading({"yes"}, 3).is_known("A"));
}

}  // namespace
}  // namespace assay::store

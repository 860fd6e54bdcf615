#include "assay/http/retry_after.h"

#include <gtest/gtest.h>

#include <string>

namespace assay::http {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RetryAfter, IsSecondsOrADate) {
  const auto now = std::chrono::system_clock::from_time_t(784'111'777);  // Sun, 06 Nov 1994 08:49:37 GMT
  EXPECT_EQ(retry_after("3", now), seconds(3));
  EXPECT_EQ(retry_after("1.5", now), milliseconds(1500));
  EXPECT_EQ(retry_after("0.0001", now), milliseconds(1)) << "not at once";
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:49:40 GMT", now), seconds(3));
  EXPECT_EQ(retry_after("Sunday, 06-Nov-94 08:49:40 GMT", now), seconds(3)) << "as it was written before";
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:49:30 GMT", now), seconds(0)) << "it is over";
}

TEST(RetryAfter, IsADayAtMost) {
  const auto now = std::chrono::system_clock::from_time_t(784'111'777);
  EXPECT_EQ(retry_after("Sun, 06 Nov 2094 08:49:37 GMT", now), hours(24));
  EXPECT_EQ(retry_after("99999999999999999999", now), hours(24));
  EXPECT_EQ(retry_after("1e999", now), hours(24));
}

TEST(RetryAfter, IsNoneIfItIsNothingOfTheKind) {
  for (const char* value : {"", "-5", "soon", "nan", "inf", "3 s", "12:30", "a, b", ","}) {
    EXPECT_EQ(retry_after(value), milliseconds(0)) << value;
  }
  EXPECT_EQ(retry_after(std::string("1\0", 2)), milliseconds(0));
}

}  // namespace
}  // namespace assay::http

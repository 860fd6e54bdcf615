#include "assay/asking/key_check.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

constexpr const char* kUrl = "http://judge/v1";

class KeyCheckTest : public StudyTest {
 protected:
  KeyCheckTest() : study_(sample()) {}

  store::Study study_;
};

TEST_F(KeyCheckTest, KnowsTheKeyThatWasSentToAnAddress) {
  EXPECT_FALSE(knows_key(study_, kUrl, "key-1"));
  remember_key(study_, kUrl, "key-1", "salt");
  EXPECT_TRUE(knows_key(study_, kUrl, "key-1"));
  EXPECT_FALSE(knows_key(study_, kUrl, "key-2"));
  EXPECT_FALSE(knows_key(study_, "http://judge/v1/", "key-1")) << "to the last byte";
  remember_key(study_, kUrl, "key-2", "salt");
  EXPECT_TRUE(knows_key(study_, kUrl, "key-2"));
  EXPECT_FALSE(knows_key(study_, kUrl, "key-1"));
}

// Whoever is given a study and sends it back can copy what is in it.
TEST_F(KeyCheckTest, TheBitsOfOneAddressAreNotThoseOfAnother) {
  remember_key(study_, kUrl, "key-1", "one salt");
  study_.remember("key_check:http://thief/v1", *study_.remembered("key_check:http://judge/v1"));
  EXPECT_TRUE(knows_key(study_, kUrl, "key-1"));
  EXPECT_FALSE(knows_key(study_, "http://thief/v1", "key-1"));
}

TEST_F(KeyCheckTest, OneStudyHasOneSalt) {
  remember_key(study_, kUrl, "key-1", "one salt");
  remember_key(study_, "http://other/v1", "key-2", "another salt");
  EXPECT_TRUE(knows_key(study_, kUrl, "key-1"));
  EXPECT_TRUE(knows_key(study_, "http://other/v1", "key-2"));
}

// Four digits, and no more, so that a guess that fits proves little.
TEST_F(KeyCheckTest, KeepsSixteenBits) {
  remember_key(study_, kUrl, "a key of many letters", "salt");
  std::size_t bytes = 0;
  for (const std::string& name : study_.remembered_names("key_check:")) bytes += study_.remembered(name)->size();
  EXPECT_EQ(bytes, 4U);
}

TEST_F(KeyCheckTest, NothingIsKeptOfNothing) {
  remember_key(study_, kUrl, "", "salt");
  remember_key(study_, kUrl, "key", "");
  EXPECT_TRUE(study_.remembered_names("key").empty());
}

TEST(KeyCheck, DependsOnSaltAddressAndKey) {
  std::set<std::uint16_t> seen;
  for (const char* salt : {"a", "b"}) {
    for (const char* key : {"k1", "k2"}) {
      for (const char* url : {"u1", "u2"}) seen.insert(key_check(salt, url, key));
    }
  }
  EXPECT_EQ(seen.size(), 8U);  // of these: two in 65536 may be equal
  EXPECT_EQ(key_check("a", "u1", "k1"), key_check("a", "u1", "k1"));
  EXPECT_NE(key_check("ab", "c", "k"), key_check("a", "bc", "k"));
}

}  // namespace
}  // namespace assay::asking

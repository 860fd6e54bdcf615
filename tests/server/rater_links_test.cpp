#include "server/rater_links.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "assay/file/private_file.h"
#include "server/access_token.h"
#include "tests/store/study_fixture.h"

namespace assay::server {
namespace {

using testing::HasSubstr;

class RaterLinksTest : public StudyTest {
 protected:
  std::string links() const { return RaterLinks::path_of(path()); }
};

TEST_F(RaterLinksTest, TokensAreRandomAndLast) {
  const RaterLinks first(path(), {"ann", "b\xc3\xa9n"});
  EXPECT_EQ(first.token("ann").size(), 32U);
  EXPECT_NE(first.token("ann"), first.token("b\xc3\xa9n"));
  EXPECT_EQ(first.rater(first.token("ann")), "ann");
  EXPECT_FALSE(first.rater(""));
  EXPECT_FALSE(first.rater(first.token("ann") + "0"));
  std::string wrong = first.token("ann");
  wrong[31] = wrong[31] == '0' ? '1' : '0';
  EXPECT_FALSE(first.rater(wrong));
  struct stat facts = {};
  ASSERT_EQ(stat(links().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  // Who is not named any more has no way in, until they are.
  const RaterLinks second(path(), {"cyd"});
  EXPECT_FALSE(second.rater(first.token("ann")));
  EXPECT_EQ(RaterLinks(path(), {"ann"}).token("ann"), first.token("ann"));
  EXPECT_NE(random_token(), random_token());
}

TEST_F(RaterLinksTest, WhatOthersMayReadIsNoSecret) {
  const RaterLinks made(path(), {"ann"});
  chmod(links().c_str(), 0644);
  EXPECT_THAT(error_of([&] { RaterLinks(path(), {"ann"}); }), HasSubstr("others may read or write it"));
}

TEST_F(RaterLinksTest, DamageIsToldAndALinkIsNotFollowed) {
  for (const char* text : {"", "{", "[1]", R"({"ann": "short"})", R"({"ann": 7})"}) {
    file::write_private(links(), text);
    EXPECT_THAT(error_of([&] { RaterLinks(path(), {"ann"}); }), HasSubstr("damaged")) << text;
  }
  std::filesystem::remove(links());
  std::filesystem::create_symlink(path("elsewhere"), links());
  EXPECT_THAT(error_of([&] { RaterLinks(path(), {"ann"}); }), HasSubstr("can't be read"));
}

}  // namespace
}  // namespace assay::server

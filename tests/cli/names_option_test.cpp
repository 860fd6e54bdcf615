// Lists of names of strangers, which may hold commas.

#include <gmock/gmock.h>

#include "tests/golden/command.h"

namespace assay::cli {
namespace {

using testing::HasSubstr;

class NamesOptionTest : public CommandTest {
 protected:
  NamesOptionTest() {
    write("t.csv", R"(id,task,a,b
1,"law,business",1,0
2,"law,business",1,1
3,maths,0,1
4,arts,0,1
5,"5""disk",1,0
)");
    output("import csv t.csv -o t.assay");
  }

  // The queries of the report; empty if there is none.
  static std::string counted(const Finished& finished) {
    const std::size_t at = finished.out.find("\"queries\": ");
    return at == std::string::npos ? finished.out : finished.out.substr(at + 11, 1);
  }
  std::string queries(const std::string& tasks) const {
    return counted(assay("select t.assay --json --tasks " + tasks));
  }
};

TEST_F(NamesOptionTest, CommasSplitOutsideOfQuotes) {
  EXPECT_EQ(queries("maths,arts"), "2");
  EXPECT_EQ(queries("\"law,business\""), "2");
  EXPECT_EQ(queries("maths,\"law,business\",arts"), "4");
  EXPECT_EQ(queries("maths,,arts,"), "2");
  EXPECT_EQ(queries("5\"disk"), "1") << "a quote within a name is a quote";
  EXPECT_EQ(queries("\"5\"\"disk\""), "1") << "in quotes it is written twice";
}

TEST_F(NamesOptionTest, BlanksAroundNamesDoNotCount) {
  const auto queries_of = [&](const std::string& tasks) {
    return counted(RunningCommand(folder_, {"select", "t.assay", "--json", "--tasks", tasks}).wait());
  };
  EXPECT_EQ(queries_of("maths, arts"), "2");
  EXPECT_EQ(queries_of(" maths ,\t\"law,business\" , arts ,"), "4");
  EXPECT_EQ(queries_of("\" maths\""), "") << "in quotes they do";
}

TEST_F(NamesOptionTest, MayBeGivenSeveralTimes) { EXPECT_EQ(queries("maths --tasks arts,\"law,business\""), "4"); }

TEST_F(NamesOptionTest, WhatIsNoListIsRefused) {
  const Finished open = assay("select t.assay --tasks a,\"b,c");
  EXPECT_EQ(open.status, 2);
  EXPECT_THAT(open.err, HasSubstr("--tasks: expected a second \" that ends the name, came "));
  EXPECT_THAT(assay("select t.assay --tasks \"b,c\"d").err,
              HasSubstr("expected a comma behind the quoted name, came "));
  EXPECT_THAT(assay("select t.assay --tasks law").err, HasSubstr("\"law,business\""));
}

}  // namespace
}  // namespace assay::cli

// Shares in percent, as the command takes them.

#include <gmock/gmock.h>

#include "tests/golden/command.h"

namespace assay::cli {
namespace {

using testing::HasSubstr;

class ShareOptionTest : public CommandTest {
 protected:
  ShareOptionTest() { output("synth x.assay --models 3 --queries 10 --seed 1"); }
};

TEST_F(ShareOptionTest, TheCommandTakesBoth) {
  const std::string json = output("select x.assay --confidence 0.8 --epsilon 0.025 --json");
  EXPECT_THAT(json, HasSubstr("\"epsilon\": 0.025"));
  EXPECT_EQ(output("select x.assay --confidence 80% --epsilon 2.5% --json"), json);
  const Finished wrong = assay("select x.assay --confidence eighty%");
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("expected a share such as 0.95 or 95%"));
  EXPECT_EQ(
      assay("simulate x.assay --strategies random --realizations 2 --confidence 90% --epsilon 5% --quiet").status,
      0);
}

TEST_F(ShareOptionTest, CallsInPlaceOfABudget) {
  EXPECT_EQ(output("select x.assay --strategy random --calls 12 --json"),
            output("select x.assay --strategy random --budget 4 --json"));
  const Finished both = assay("select x.assay --calls 12 --budget 4");
  EXPECT_EQ(both.status, 2);
  EXPECT_THAT(both.err, HasSubstr("--budget and --calls say the same"));
  EXPECT_EQ(assay("select x.assay --calls 0").status, 2);
}

}  // namespace
}  // namespace assay::cli

#include "assay/select/probable_calls.h"

#include <gtest/gtest.h>

#include <vector>

namespace assay::select {
namespace {

using Models = std::vector<KnownOfModel>;

TEST(ProbableCalls, GrowWithQueriesAndModelsWhereNothingIsKnown) {
  // Real runs of 8 close models on 300 prompts took 858 to 1,494.
  const CallRange few = probable_calls(Models(8), 300, 0);
  EXPECT_EQ(few, (CallRange{305, 1835}));
  // AlpacaEval takes about 40 query equivalents on 500.
  const CallRange many = probable_calls(Models(53), 500, 0);
  EXPECT_LT(many.least, 40U * 53);
  EXPECT_GT(many.most, 54U * 53);
}

TEST(ProbableCalls, AreNoMoreThanThereAre) {
  EXPECT_EQ(probable_calls(Models(3), 5, 0), (CallRange{8, 15}));
  EXPECT_EQ(probable_calls({}, 0, 0), (CallRange{0, 0}));
  EXPECT_EQ(probable_calls(Models(2), 0, 0), (CallRange{0, 0}));
  EXPECT_EQ(probable_calls(Models(4, {.answers = 20, .sum = 10}), 20, 0), (CallRange{0, 0}));
}

TEST(ProbableCalls, AToleranceLowersTheLeast) {
  EXPECT_EQ(probable_calls(Models(8), 300, 0.05).least, 152U);
  EXPECT_EQ(probable_calls(Models(8), 300, 0.05).most, probable_calls(Models(8), 300, 0).most);
}

// What others are known for does not spare a new model anything.
TEST(ProbableCalls, OfANewModelAreAFewToAllItsQueries) {
  Models models(8, {.answers = 60, .sum = 12});  // out: 240 more would not do
  models[0] = {.answers = 300, .sum = 270};
  for (std::size_t j = 1; j < 8; ++j) models[j].sum = 18;
  models.push_back({});
  const CallRange range = probable_calls(models, 300, 0);
  EXPECT_EQ(range.least, 3U);
  EXPECT_GE(range.most, 300U);
  EXPECT_LT(range.most, 2U * 300);
}

TEST(ProbableCalls, OfNewPromptsAreThoseOfTheLeaderAndOfCloseRivals) {
  const Models models = {{.answers = 300, .sum = 240},  // leads
                         {.answers = 300, .sum = 235},  // close
                         {.answers = 300, .sum = 100},  // out
                         {.answers = 300, .sum = 90}};
  const CallRange range = probable_calls(models, 360, 0);
  EXPECT_EQ(range.least, 60U);
  EXPECT_EQ(range.most, 240U) << "twice 60 of the leader and 60 of the close rival";
}

TEST(ProbableCalls, AreNoneAtLeastWhereTheLeaderIsKnown) {
  const Models models = {{.answers = 100, .sum = 60}, {.answers = 90, .sum = 53}};
  EXPECT_EQ(probable_calls(models, 100, 0), (CallRange{0, 10}));
}

}  // namespace
}  // namespace assay::select

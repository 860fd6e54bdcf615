#include "assay/asking/strategy_inputs.h"

#include <gmock/gmock.h>

#include "tests/app/app_fixture.h"

namespace assay::asking {
namespace {

class StrategyInputsTest : public SynthStudyTest {
 protected:
  StrategyInputsTest() : file_(study_, store::Study::Mode::write), comparison_(file_.comparison({})) {
    options_.kgram.max_order = 3;
  }
  StrategyInputs inputs() {
    return {file_, comparison_, nullptr, options_, 1, [this](std::string_view label) {
              told_.emplace_back(label);
              return Progress{};
            }};
  }

  store::Study file_;
  store::Comparison comparison_;
  select::WeakJudgeOptions options_;
  std::vector<std::string> told_;
};

TEST_F(StrategyInputsTest, ComputedOnceAndKept) {
  StrategyInputs first = inputs();
  EXPECT_FALSE(first.weak_was_kept().has_value());
  const std::string bytes = first.weak()->to_bytes();
  EXPECT_EQ(first.weak_was_kept(), false);
  const std::string similar = first.similarity()->to_bytes();
  EXPECT_EQ(told_.size(), 2U);
  StrategyInputs second = inputs();
  EXPECT_EQ(second.weak()->to_bytes(), bytes);
  EXPECT_EQ(second.weak_was_kept(), true);
  EXPECT_EQ(second.similarity()->to_bytes(), similar);
  EXPECT_EQ(told_.size(), 2U);
}

TEST_F(StrategyInputsTest, OnlyWhatAStrategyNeeds) {
  const std::vector<QueryId> pool{query_id(3), query_id(5)};
  const select::Problem problem = inputs().problem(select::strategy("random"), pool, 9);
  EXPECT_EQ(problem.weak, nullptr);
  EXPECT_EQ(problem.similarity, nullptr);
  EXPECT_EQ(problem.models, 5U);
  EXPECT_EQ(problem.seed, 9U);
  EXPECT_TRUE(told_.empty());
}

TEST_F(StrategyInputsTest, WhatIsGivenIsKeptAndTheRestSearched) {
  const select::StrategyEntry& entry = select::strategy("llm-selector");
  EXPECT_EQ(inputs().parameters(entry, {{"e-loss", 0.15}}).at("e-loss"), 0.15);
  const std::size_t searched = told_.size();
  EXPECT_GT(searched, 0U) << "e_draw was not searched";
  const ParameterValues both = inputs().parameters(entry, {{"e-loss", 0.15}, {"e-draw", 0.33}});
  EXPECT_EQ(both.at("e-draw"), 0.33);
  EXPECT_EQ(told_.size(), searched) << "there was nothing left to search";
  EXPECT_EQ(
      inputs().parameters(select::strategy("select-llm"), {{"e-loss", 0.9}, {"temperature", 2}}).values().size(),
      1U)
      << "a parameter that the strategy does not use was taken";
  EXPECT_THROW(inputs().parameters(entry, {{"e-loss", 1.5}}), InvalidArgument);
  EXPECT_THROW(inputs().parameters(entry, {{"e-loss", 0.5}, {"e-draw", -0.1}}), InvalidArgument);
  EXPECT_THROW(inputs().parameters(entry, {{"e-loss", 0.6}, {"e-draw", 0.6}}), InvalidArgument);
}

TEST_F(StrategyInputsTest, KeptVerdictsOfAnotherShapeAreRefused) {
  inputs().weak();
  const std::vector<std::string> keys = file_.derived_keys();
  ASSERT_EQ(keys.size(), 1U);
  const std::vector<OutcomeTable> tiny(10, OutcomeTable(1, 1));
  file_.keep_derived(keys[0], select::WeakVerdicts(tiny).to_bytes());
  EXPECT_THROW(inputs().weak(), Error) << "a hostile study would be read beyond its end";
}

TEST_F(StrategyInputsTest, GridSearchIsKeptToTheLastBit) {
  const select::StrategyEntry& entry = select::strategy("llm-selector");
  const ParameterValues first = inputs().parameters(entry, {});
  const std::size_t computed = told_.size();
  const ParameterValues second = inputs().parameters(entry, {});
  EXPECT_EQ(told_.size(), computed);
  EXPECT_EQ(first, second);
  EXPECT_NO_THROW(select::checked(entry, first));
}

// Studies of older versions hold searches under such keys.
TEST_F(StrategyInputsTest, KeysOfKeptSearchesAreThoseOfOldStudies) {
  inputs().parameters(select::strategy("llm-selector"), {{"e-loss", 0.15}});
  inputs().parameters(select::strategy("select-llm"), {});
  std::string keys;
  for (const std::string& key : file_.derived_keys()) keys += key + "\n";
  EXPECT_THAT(keys, testing::HasSubstr("v2 | grid search: llm-selector, "));
  EXPECT_THAT(keys, testing::HasSubstr(" | 0.15 0.05 1, 0.15 0.1 1, "));
  EXPECT_THAT(keys, testing::HasSubstr("v2 | grid search: select-llm, "));
  EXPECT_THAT(keys, testing::HasSubstr(" | 0.2 0.4 0.25, 0.2 0.4 0.5, 0.2 0.4 1, "));
}

TEST_F(StrategyInputsTest, AnImportMakesItStale) {
  inputs().weak();
  const auto import = file_.begin_import();
  import->add(ResponseRecord{comparison_.queries[0], "late", 1, "a late answer"}, {"f", 1}, OnConflict::fail);
  import->commit();
  StrategyInputs after = inputs();
  after.weak();
  EXPECT_EQ(after.weak_was_kept(), false);
}

TEST_F(StrategyInputsTest, FeaturesOfTheResponsesForStrategiesThatLookAtThem) {
  StrategyInputs with = inputs();
  const std::shared_ptr<const text::FeatureTable> features = with.features();
  ASSERT_NE(features, nullptr);
  EXPECT_EQ(features->queries(), 40U);
  EXPECT_EQ(features->models(), 5U);
  EXPECT_EQ(features->features(), 3U);
  EXPECT_EQ(with.features(), features) << "computed again";
  const std::vector<QueryId> pool{query_id(3)};
  EXPECT_EQ(with.problem(select::strategy("assay"), pool, 1).features, features);
  EXPECT_EQ(with.problem(select::strategy("random"), pool, 1).features, nullptr);
}

TEST_F(StrategyInputsTest, FeaturesAreNullWithoutResponses) {
  const std::string path = folder_.path("bare.assay");
  store::Study study(path, store::Study::Mode::create);
  const auto import = study.begin_import();
  VerdictRecord record{"q", "m", "base", "j"};
  record.value = 1.0;
  import->add(record, {"f", 1}, OnConflict::fail);
  // The baseline's alone say nothing of a model.
  import->add(ResponseRecord{"q", "base", 1, "the baseline's answer"}, {"f", 2}, OnConflict::fail);
  import->commit();
  const store::Comparison comparison = study.comparison({.without_responses = true});
  StrategyInputs bare(study, comparison, nullptr, options_, 1, {});
  EXPECT_EQ(bare.features(), nullptr);
  EXPECT_EQ(bare.features(), nullptr) << "the second time";
  const std::vector<QueryId> pool{query_id(0)};
  EXPECT_EQ(bare.problem(select::strategy("assay"), pool, 1).features, nullptr);
}

}  // namespace
}  // namespace assay::asking

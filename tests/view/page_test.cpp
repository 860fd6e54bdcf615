#include "assay/view/page.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "assay/view/page_html.h"
#include "tests/app/app_fixture.h"

namespace assay::view {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

class PageTest : public SynthStudyTest {
 protected:
  app::InspectedSelection inspected() const {
    app::SelectRequest request;
    request.study = study_;
    request.oracle.name = "recorded";
    return app::InspectedSelection(request);
  }
};

TEST_F(PageTest, ASelectionHasItsCalls) {
  app::InspectedSelection selection = inspected();
  const report::Json json = to_json(select_document(selection, "demo", "assay select demo"));
  EXPECT_EQ(json.member("kind").text(), "select");
  EXPECT_EQ(json.member("command").text(), "assay select demo");
  const report::Json calls = json.member("calls");
  for (const char* key : {"query", "model", "reward"}) {
    EXPECT_EQ(calls.member(key).size(), selection.verdicts().size()) << key;
  }
  EXPECT_EQ(calls.member("queries").size(), 40U);
  EXPECT_EQ(calls.member("models").size(), 5U);
  for (std::size_t i = 0; i < calls.member("query").size(); ++i) {
    EXPECT_LT(calls.member("query").item(i).number(), 40);
    EXPECT_LT(calls.member("model").item(i).number(), 5);
  }
  EXPECT_EQ(json.member("exchanges_left_out").number(), static_cast<double>(selection.verdicts().size()));
  const report::Json habits = json.member("judge").member("habits");
  ASSERT_GT(habits.size(), 0U);
  for (std::size_t i = 0; i < habits.size(); ++i) {
    const report::Json habit = habits.item(i);
    EXPECT_LE(habit.member("low").number(), habit.member("share").number());
    EXPECT_GE(habit.member("high").number(), habit.member("share").number());
    EXPECT_FALSE(habit.member("text").text().empty());
  }
}

TEST_F(PageTest, ExchangesFillWhatTheyMay) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{3000}, std::size_t{100'000'000}}) {
    app::InspectedSelection selection = inspected();
    PageDocument document = select_document(selection, "demo", std::nullopt);
    const std::size_t before = embedded(to_json(document)).size();
    const std::size_t used = add_exchanges(document, selection, bytes);
    EXPECT_LE(used, bytes);
    EXPECT_LE(embedded(to_json(document)).size(), before + used + 20) << "of `texts_cut_at`";
    EXPECT_EQ(document.exchanges.size() + document.exchanges_left_out, selection.verdicts().size());
    EXPECT_TRUE(std::ranges::is_sorted(document.exchanges, {}, &app::Exchange::call));
    if (bytes == 0) {
      EXPECT_TRUE(document.exchanges.empty());
    } else if (bytes > 50'000'000) {
      EXPECT_EQ(document.exchanges_left_out, 0U);
    }
  }
}

TEST_F(PageTest, TheCallsToShowAreAllOfThemTheBestFirst) {
  const app::InspectedSelection selection = inspected();
  std::vector<std::size_t> calls = calls_to_show(selection);
  const Verdict& first = selection.verdicts()[calls.front()];
  EXPECT_EQ(selection.comparison().models[index(first.call.model)], selection.report().best);
  std::ranges::sort(calls);
  ASSERT_EQ(calls.size(), selection.verdicts().size());
  for (std::size_t i = 0; i < calls.size(); ++i) EXPECT_EQ(calls[i], i);
}

TEST(PageJson, CutsTextsAtWholeCharacters) {
  app::Exchange exchange{
      .call = 3, .query = "q", .model = "m", .reward = 0.5, .prompt = "ab한", .response = "abcd"};
  exchange.replies.push_back({asking::JudgeReply::Order::baseline_first, 0, "xyz한", 0.0});
  exchange.replies.push_back({asking::JudgeReply::Order::alone, 0, "", 7.5});
  exchange.replies.push_back({asking::JudgeReply::Order::model_first, 0, "", std::nullopt});
  const report::Json json = to_json(exchange, 4);
  EXPECT_EQ(json.member("prompt").text(), "ab");
  EXPECT_EQ(json.member("response").text(), "abcd");
  EXPECT_TRUE(json.member("baseline").is_null());
  const report::Json replies = json.member("replies");
  EXPECT_EQ(replies.item(0).compact(), R"({"order":"baseline first","text":"xyz","verdict":"loss"})");
  EXPECT_EQ(replies.item(1).member("verdict").text(), "7.5");
  EXPECT_EQ(replies.item(2).member("verdict").text(), "unreadable");
  EXPECT_EQ(to_json(exchange).member("prompt").text(), "ab한");
}

TEST(PageJson, HasWhatTheCallerSays) {
  const report::Json json =
      page_json({}, "2026-11-29T21:45:31Z", true, {{"a.assay", {{"n", app::CheckOutcome::undecided, "m"}}}});
  EXPECT_EQ(json.member("made").text(), "2026-11-29T21:45:31Z");
  EXPECT_TRUE(json.member("live").flag());
  EXPECT_EQ(json.member("checks").item(0).compact(),
            R"({"source":"a.assay","name":"n","outcome":"undecided","message":"m"})");
  EXPECT_TRUE(page_json({}, std::nullopt, false).member("made").is_null());
}

TEST(FirstLines, EndAtAnEmptyOne) {
  EXPECT_THAT(first_lines("a\nb\n\nc\n"), ElementsAre("a", "b"));
  EXPECT_THAT(first_lines("a\nb\nc\nd"), ElementsAre("a", "b", "c"));
  EXPECT_TRUE(first_lines("").empty());
}

// Two judges on the same study: what they say of the same calls is held against each other.
TEST_F(PageTest, SelectionsAreCompared) {
  add_cheap_judge(4);
  const auto selection = [&](const std::string& of, const std::string& strategy) {
    app::SelectRequest request;
    request.study = study_;
    request.choice.judge = of;
    request.strategy = strategy;
    return app::InspectedSelection(request);
  };
  const app::InspectedSelection one = selection(judge(), "random");
  const app::InspectedSelection other = selection("cheap", "random");
  const app::SelectionComparison comparison =
      app::compare_selections({{"one", &one.report(), &one}, {"other", &other.report(), &other}});
  ASSERT_EQ(comparison.pairs.size(), 1U);
  const app::SelectionComparison::Pair& pair = comparison.pairs.front();
  EXPECT_EQ(pair.queries, 40U);
  EXPECT_EQ(pair.models, 5U);
  EXPECT_EQ(pair.calls, 200U);
  std::size_t same = 0;
  for (std::size_t q = 0; q < 40; ++q) {
    for (std::size_t j = 0; j < 5; ++j) {
      const auto outcome = [&](const app::InspectedSelection& in) {
        return in.comparison().rewards.outcome(query_id(q), model_id(j));
      };
      same += outcome(one) == outcome(other) ? 1 : 0;
    }
  }
  EXPECT_EQ(pair.same, same);
  EXPECT_LT(pair.same, 200U);
  for (const auto& difference : pair.differences) {
    EXPECT_EQ(difference.calls, 40U);
    EXPECT_LE(difference.low, difference.mean);
    EXPECT_GE(difference.high, difference.mean);
    const auto rate = [&](const app::InspectedSelection& in) {
      return std::ranges::find(in.report().models, difference.model, &asking::SelectReport::Model::name)->win_rate;
    };
    EXPECT_NEAR(difference.mean, rate(other) - rate(one), 1e-9) << difference.model;
  }
  ASSERT_TRUE(comparison.agree.has_value()) << "all was judged";
  EXPECT_EQ(*comparison.agree, one.report().best == other.report().best);
  const PageDocument document = comparison_document(comparison);
  EXPECT_EQ(document.kind, "comparison");
  EXPECT_THAT(document.summary.at(1),
              StartsWith("one and other have 40 queries and 5 models in common; of 200 calls"));
  EXPECT_EQ(document.report.member("models").size(), one.report().models.size());
}

TEST(Comparison, SaysWhetherTheyAgree) {
  const auto report = [](const std::string& best, bool decided) {
    asking::SelectReport made;
    made.best = best;
    made.stop = asking::SelectReport::Stop();
    made.stop->decided = decided;
    for (const char* name : {"a", "b"}) made.models.emplace_back().name = name;
    return made;
  };
  const asking::SelectReport a = report("a", true);
  const asking::SelectReport b = report("b", true);
  const asking::SelectReport open = report("a", false);
  const auto sentence = [](std::vector<app::ComparedSelection> selections) {
    return comparison_document(app::compare_selections(std::move(selections))).summary.front();
  };
  EXPECT_EQ(sentence({{"x", &a}, {"y", &a}}), "All 2 agree: a is the best");
  EXPECT_EQ(sentence({{"x", &a}, {"y", &b}}), "They disagree on the best: a in x, b in y");
  EXPECT_EQ(sentence({{"x", &a}, {"y", &open}}), "Not all have decided: a in x, a in y (undecided)");
  asking::SelectReport tolerant = a;
  tolerant.stop->goal.epsilon = 0.025;
  EXPECT_EQ(sentence({{"x", &tolerant}, {"y", &b}}),
            "They found different models, which with a tolerance is no contradiction: a in x, b in y");
  EXPECT_EQ(sentence({{"x", &tolerant}, {"y", &a}}),
            "All 2 found a; with a tolerance another may be a little better");
  asking::SelectReport fewer = b;
  fewer.models.erase(fewer.models.begin());
  EXPECT_EQ(sentence({{"x", &a}, {"y", &fewer}}),
            "They chose from different models: a in x, b in y; no two chose from the same");
  EXPECT_EQ(sentence({{"x", &a}, {"y", &fewer}, {"z", &b}}),
            "They chose from different models: a in x, b in y, b in z; x and z chose from the same");
  EXPECT_FALSE(app::compare_selections({{"x", &a}, {"y", &fewer}}).agree.has_value());
}

}  // namespace
}  // namespace assay::view

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "assay/app/select.h"
#include "assay/view/select.h"
#include "tests/app/app_fixture.h"

namespace assay::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Three models of 60 queries, right in 50, 49 and 20; answers of 40, 4000 and 40 bytes.
class GoodEnoughTest : public AppTest {
 protected:
  GoodEnoughTest() {
    std::string lines;
    for (std::size_t q = 0; q < 60; ++q) {
      const std::string query = "q" + std::to_string(10 + q);
      lines += "{\"query\": \"" + query + "\", \"prompt\": \"" + std::string(80, 'p') + "\"}\n";
      add(lines, query, "alpha", q < 50, 4000, 2.0);
      add(lines, query, "beta", q % 60 >= 11, 40, 9.0);
      add(lines, query, "gamma", q < 20, 40, 0.5);
    }
    lines += "{\"model\": \"alpha\", \"parameters\": 7e9, \"price\": 2}\n";
    lines += "{\"model\": \"beta\", \"parameters\": 70e9, \"price\": 2}\n";
    lines += "{\"model\": \"gamma\", \"parameters\": 1e9}\n";
    write("models.jsonl", lines);
    import_jsonl("models.jsonl", "models.assay");
    write("prices.json", R"({"alpha": {"in": 1, "out": 2, "unit": "dollars"},
                             "beta": {"in": 1, "out": 2, "unit": "dollars"},
                             "gamma": {"in": 0.01, "out": 0.02, "unit": "dollars"}})");
  }

  static void add(std::string& lines, const std::string& query, const std::string& model, bool right,
                  std::size_t bytes, double seconds) {
    lines += "{\"query\": \"" + query + "\", \"model\": \"" + model + "\", \"response\": \"" +
             std::string(bytes, model.front()) + "\", \"seconds\": " + std::to_string(seconds) + "}\n";
    lines += "{\"query\": \"" + query + "\", \"model\": \"" + model +
             "\", \"judge\": \"checker\", \"score\": " + (right ? "1" : "0") + "}\n";
  }

  SelectRequest request(double good_enough, asking::Preference prefer = asking::Preference::price) const {
    SelectRequest result;
    result.study = path("models.assay");
    result.good_enough = store::Tolerance(good_enough);
    result.prices = {.file = path("prices.json"), .prefer = prefer};
    return result;
  }
};

const asking::SelectReport::Model& row(const asking::SelectReport& report, const std::string& name) {
  return *std::ranges::find(report.models, name, &asking::SelectReport::Model::name);
}

TEST_F(GoodEnoughTest, TheCheapestWithinTheTolerance) {
  const asking::SelectReport report = run_select(request(0.025));
  ASSERT_FALSE(asking::undecided(report));
  EXPECT_EQ(report.best, "beta") << "a right answer less, and a hundredth of the tokens";
  EXPECT_EQ(run_select(request(0.01)).best, "alpha");
  EXPECT_EQ(run_select(request(0.6)).best, "gamma");
  // 36 tokens of the prompt, 1016 and 26 of the answers, by hand.
  EXPECT_NEAR(*row(report, "alpha").price, (36 * 1.0 + 1016 * 2.0) / 1e6, 1e-12);
  EXPECT_NEAR(*row(report, "beta").price, (36 * 1.0 + 26 * 2.0) / 1e6, 1e-12);
  const std::string text = view::to_text(report, true, false, false);
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("The cheapest within 2.5 points of the best: beta, $0.0880 per 1,000 prompts, is right in"),
            HasSubstr("No cheaper model seems better than (per 1,000 prompts): gamma ("), HasSubstr("P(answer)")))
      << text;
  const std::string json = view::to_json(report);
  EXPECT_THAT(json, AllOf(HasSubstr("\"prefer\": \"price\""), HasSubstr("\"good_enough\": 0.025"),
                          HasSubstr("\"pareto\": true")));
  const std::string svg = view::to_svg(report, false);
  EXPECT_LT(svg.find("gamma, $"), svg.find("beta, $")) << "the cheapest first";
  EXPECT_LT(svg.find("beta, $"), svg.find("alpha, $"));
}

TEST_F(GoodEnoughTest, LatencyAndSizeAreThoseOfTheStudy) {
  EXPECT_EQ(run_select(request(0.05, asking::Preference::latency)).best, "alpha");
  EXPECT_EQ(run_select(request(0.6, asking::Preference::latency)).best, "gamma");
  const asking::SelectReport report = run_select(request(0.05, asking::Preference::size));
  EXPECT_EQ(report.best, "alpha");
  EXPECT_THAT(view::to_text(report, false, false, false),
              HasSubstr("The smallest within 5 points of the best: alpha, 7 B weights"));
}

TEST_F(GoodEnoughTest, NoModelSeemsBetterThanOneOfTheParetoSet) {
  SelectRequest plain = request(0);
  plain.good_enough.reset();
  const asking::SelectReport report = run_select(plain);
  EXPECT_EQ(report.best, "alpha") << "prices alone don't change what is looked for";
  EXPECT_TRUE(row(report, "alpha").pareto);
  EXPECT_TRUE(row(report, "gamma").pareto);
  for (const asking::SelectReport::Model& model : report.models) {
    const bool beaten = std::ranges::any_of(report.models, [&](const asking::SelectReport::Model& other) {
      return *other.price < *model.price && other.win_rate >= model.win_rate;
    });
    EXPECT_EQ(model.pareto, !beaten) << model.name;
  }
}

TEST_F(GoodEnoughTest, RefusesAModelWithoutAPriceAndTwoTolerances) {
  SelectRequest without = request(0.025);
  without.prices->file.clear();  // the study has the prices of two
  EXPECT_THAT([&] { run_select(without); },
              testing::ThrowsMessage<InvalidArgument>(AllOf(HasSubstr("gamma"), HasSubstr("`candidate_prices`"))));
  without.choice.models = {"alpha", "beta"};
  EXPECT_EQ(run_select(without).best, "beta");
  SelectRequest both = request(0.025);
  both.epsilon = store::Tolerance(0.01);
  EXPECT_THROW(run_select(both), InvalidArgument);
  SelectRequest random = request(0.025);
  random.strategy = "random";
  EXPECT_THROW(run_select(random), InvalidArgument);
  SelectRequest missing = request(0.025);
  missing.prices->file = path("nowhere.json");
  EXPECT_THROW(run_select(missing), Error);
}

}  // namespace
}  // namespace assay::app

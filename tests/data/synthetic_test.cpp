#include "assay/data/synthetic.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <sstream>

#include "assay/core/rng.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

// Counts, sums, and keeps everything as text.
class Tape : public RecordSink {
 public:
  void add(const QueryRecord& r, const Location&, OnConflict) override {
    text << r.query << r.text << r.task << '\n';
  }
  void add(const ResponseRecord& r, const Location&, OnConflict) override {
    text << r.query << r.model << r.text << '\n';
    ++responses;
  }
  void add(const VerdictRecord& r, const Location&, OnConflict) override {
    text << r.query << r.model << r.value << '\n';
    EXPECT_EQ(r.opponent, "baseline");
    EXPECT_TRUE(r.value == 0 || r.value == 0.5 || r.value == 1) << r.value;
    sums[std::string(r.model)] += r.value;
    ++verdicts;
  }
  void add(const ScoreRecord&, const Location&, OnConflict) override { ADD_FAILURE() << "a score"; }
  void add(const ModelRecord&, const Location&, OnConflict) override { ADD_FAILURE() << "a fact"; }
  void add(const JudgeRecord&, const Location&, OnConflict) override { ADD_FAILURE() << "a judge"; }
  void add(const LabelRecord&, const Location&, OnConflict) override { ADD_FAILURE() << "a label"; }
  void baseline(std::string_view model, const Location&) override { EXPECT_EQ(model, "baseline"); }
  void drop(std::string_view, const Location&) override { ADD_FAILURE() << "a row left out"; }
  void note(std::string_view, const Location&) override { ADD_FAILURE() << "a note"; }

  std::ostringstream text;
  std::map<std::string, double> sums;
  std::size_t responses = 0;
  std::size_t verdicts = 0;
};

TEST(Synthetic, EmitsEveryPairOnce) {
  Tape tape;
  const auto models = generate({.models = 7, .queries = 30, .seed = 2}, tape);
  ASSERT_EQ(models.size(), 7U);
  EXPECT_EQ(tape.responses, 30U * 8U);
  EXPECT_EQ(tape.verdicts, 30U * 7U);
  EXPECT_EQ(tape.sums.size(), 7U);
}

TEST(Synthetic, TheSeedDecidesEveryByte) {
  Tape once;
  Tape twice;
  Tape other;
  generate({.models = 3, .queries = 20, .seed = 2}, once);
  generate({.models = 3, .queries = 20, .seed = 2}, twice);
  generate({.models = 3, .queries = 20, .seed = 3}, other);
  EXPECT_EQ(once.text.str(), twice.text.str());
  EXPECT_NE(once.text.str(), other.text.str());
}

// The claim of the header: `win_rate` is what the verdicts average to. Five standard errors of a mean of values in
// [0, 1] are at most 2.5 / sqrt(n).
TEST(Synthetic, TrueWinRatesAreThoseOfTheVerdicts) {
  constexpr std::size_t kQueries = 40'000;
  for (const double spread : {0.0, 0.5, 2.0}) {
    Tape tape;
    for (const SyntheticModel& model :
         generate({.models = 4, .queries = kQueries, .seed = 5, .spread = spread}, tape)) {
      EXPECT_NEAR(tape.sums.at(model.name) / kQueries, model.win_rate, 2.5 / std::sqrt(kQueries)) << spread;
      if (spread == 0.0) {
        EXPECT_DOUBLE_EQ(model.win_rate, 0.5);
      }
    }
  }
}

// The same numbers by another way: draws of the qualities that the header describes.
TEST(Synthetic, TrueWinRateAgreesWithADirectSimulation) {
  Tape tape;
  const SyntheticModel model = generate({.models = 1, .queries = 1, .seed = 8, .spread = 1.5}, tape).front();
  Rng rng(99);
  constexpr int kDraws = 200'000;
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double discrimination = 0.5 * static_cast<double>(1 + rng.below(3));
    const double difference = discrimination * model.ability + rng.normal() - rng.normal();
    sum += difference > 0.25 ? 1.0 : difference < -0.25 ? 0.0 : 0.5;
  }
  EXPECT_NEAR(sum / kDraws, model.win_rate, 2.5 / std::sqrt(kDraws));
}

TEST(Synthetic, OptionsOutOfRange) {
  Tape tape;
  for (const SyntheticOptions& wrong :
       {SyntheticOptions{.models = 0}, SyntheticOptions{.models = 10'001}, SyntheticOptions{.queries = 0},
        SyntheticOptions{.queries = 1'000'001}, SyntheticOptions{.spread = -0.1}, SyntheticOptions{.spread = NAN},
        SyntheticOptions{.spread = INFINITY}}) {
    EXPECT_THROW(generate(wrong, tape), InvalidArgument);
  }
  EXPECT_EQ(tape.responses, 0U);
}

}  // namespace
}  // namespace assay::data

#include "assay/data/samples.h"

#include <gtest/gtest.h>

#include "tests/data/recording_sink.h"

namespace assay::data {
namespace {

const Location kSampleAt{"run.json", 3};

Sample sample_of(std::string_view gold) {
  return {.task = "sums",
          .id = "7",
          .model = "alpha",
          .text = "6 x 7?",
          .response = "It is 42.",
          .gold = gold,
          .prediction = "42",
          .took = {.tokens_in = 5, .tokens_out = 4}};
}

TEST(Samples, BecomeAQueryAResponseALabelAndAScore) {
  RecordingSink sink;
  const FormatOptions options;
  SampleWriter writer(options, sink);
  writer.add(sample_of("42"), kSampleAt);
  writer.score(sample_of("42"), "exact", 1, kSampleAt);
  EXPECT_EQ(sink.queries.at({"sums/7", 1}).value, RecordingSink::Query("6 x 7?", "sums"));
  EXPECT_EQ(sink.responses.at({"sums/7", "alpha", 1}).value, "It is 42.");
  EXPECT_EQ(sink.labels.at({"sums/7", ""}).value, "42");
  EXPECT_EQ(sink.labels.at({"sums/7", "alpha"}).value, "42");
  EXPECT_EQ(sink.scores.at({"sums/7", "alpha", "exact", 1, 1}).value, 1);
  EXPECT_EQ((sink.took.at({"sums/7", "alpha"}).tokens_out), 4);
}

TEST(Samples, ALongGoldAnswerIsNoLabel) {
  RecordingSink sink;
  const FormatOptions options;
  SampleWriter(options, sink).add(sample_of("a whole\nparagraph"), kSampleAt);
  EXPECT_TRUE(sink.labels.empty());
}

TEST(Samples, ALaterRepeatKeepsItsScore) {
  RecordingSink sink;
  const FormatOptions options;
  SampleWriter writer(options, sink);
  Sample second = sample_of("42");
  second.repeat = 2;
  writer.add(second, kSampleAt);
  writer.score(second, "exact", 0, kSampleAt);
  EXPECT_TRUE(sink.responses.empty());
  EXPECT_EQ(sink.notes.size(), 1U);
  EXPECT_EQ(sink.scores.at({"sums/7", "alpha", "exact", 1, 2}).value, 0);
}

TEST(Samples, AnErrorIsNoScoreUnlessAskedFor) {
  for (const bool wrong : {false, true}) {
    RecordingSink sink;
    const FormatOptions options{.errors_are_wrong = wrong};
    SampleWriter(options, sink).error(sample_of("42"), "exact", "the request failed", kSampleAt);
    const double value = sink.scores.at({"sums/7", "alpha", "exact", 1, 1}).value;
    EXPECT_EQ(std::isnan(value), !wrong);
    EXPECT_EQ(sink.notes.at(0).first,
              wrong ? "the request failed: counts as wrong" : "the request failed: no score");
  }
}

}  // namespace
}  // namespace assay::data

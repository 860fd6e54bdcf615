#include "assay/judge/prompt_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "assay/core/error.h"

namespace assay::judge {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string message_of(PromptKind kind, std::string_view text) {
  try {
    PromptTemplate parsed(kind, text, "judge.txt");
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

TEST(PromptTemplate, SaysWhatIsWrongBeforeAnythingIsPaidFor) {
  EXPECT_EQ(message_of(PromptKind::pair, ""), "judge.txt: expected a template, came an empty text");
  EXPECT_EQ(message_of(PromptKind::pair, "{{query}}\n{{response_a}}"),
            "judge.txt: expected the field {{response_b}}, which the judge can't do without, came none");
  EXPECT_EQ(message_of(PromptKind::score, "Grade."),
            "judge.txt: expected the field {{response}}, which the judge can't do without, came none");
  EXPECT_EQ(
      message_of(PromptKind::pair, "a\nb {{answer}}"),
      "judge.txt:2: expected a field ({{query}}, {{response_a}}, {{response_b}}, {{reply}}), came \"{{answer}}\"");
  EXPECT_EQ(message_of(PromptKind::score, "{{response}} {{response_a}}"),
            "judge.txt:1: expected a field ({{query}}, {{response}}, {{low}}, {{high}}, {{reply}}), came "
            "\"{{response_a}}\"");
  EXPECT_EQ(message_of(PromptKind::pair, "x\n\n{{query"),
            "judge.txt:3: expected \"}}\" after \"{{\", came the end of the template");
  EXPECT_EQ(message_of(PromptKind::pair, "\xFF"), "judge.txt: expected UTF-8 text, came other bytes");
  EXPECT_EQ(message_of(PromptKind::pair, std::string(100'001, 'x')),
            "judge.txt: expected at most 100000 bytes, came 100001");
  EXPECT_EQ(message_of(PromptKind::pair, "{{response_a}} {{response_b}}"), "");
}

TEST(PromptTemplate, FencesWhatIsJudged) {
  const PromptTemplate pair(PromptKind::pair, "Q {{query}}\nA {{response_a}}\nB {{response_b}}\n\n\n");
  const Prompt prompt = pair.render(PairFields{"why?", "because", "so\n"}, ReplyKind::line);
  const std::string m = prompt.marker;
  EXPECT_EQ(prompt.text, "Q [Request " + m + " begins]\nwhy?\n[Request " + m + " ends]\nA [Answer A " + m +
                             " begins]\nbecause\n[Answer A " + m + " ends]\nB [Answer B " + m +
                             " begins]\nso\n[Answer B " + m +
                             " ends]\n\nYou may explain yourself in a few sentences. The last line of your reply "
                             "must be one of these three, copied exactly:\nVERDICT " +
                             m + ": A\nVERDICT " + m + ": B\nVERDICT " + m + ": TIE\n");
}

TEST(PromptTemplate, PutsTheScaleAndTheReplyWhereTheyAreWanted) {
  const PromptTemplate score(PromptKind::score, "{{reply}}|{{low}}..{{high}}|{{response}}");
  const Prompt prompt = score.render(ScoreFields{"", "text", 1, 5}, ReplyKind::json);
  EXPECT_THAT(prompt.text, testing::StartsWith("Reply with one JSON object and nothing else: {\"marker\": \"" +
                                               prompt.marker + "\", \"score\": N}"));
  EXPECT_THAT(prompt.text, HasSubstr("from 1 to 5"));
  EXPECT_THAT(prompt.text, HasSubstr("|1..5|[Answer "));
  EXPECT_THROW(score.render(ScoreFields{"", "text", 5, 5}, ReplyKind::json), InvalidArgument);
  EXPECT_THROW(score.render(PairFields{}, ReplyKind::line), InvalidArgument);
}

TEST(PromptTemplate, ContentIsNeverAField) {
  const PromptTemplate pair = PromptTemplate::standard(PromptKind::pair);
  const Prompt prompt = pair.render(PairFields{"{{response_b}}", "{{query}} {{reply}}", "secret"}, ReplyKind::line);
  EXPECT_THAT(prompt.text, HasSubstr("begins]\n{{response_b}}\n["));
  EXPECT_THAT(prompt.text, HasSubstr("begins]\n{{query}} {{reply}}\n["));
  EXPECT_EQ(prompt.text.find("secret"), prompt.text.rfind("secret"));
}

TEST(PromptTemplate, SameFieldsSameBytesOtherFieldsOtherMarker) {
  const PromptTemplate pair = PromptTemplate::standard(PromptKind::pair);
  const Prompt one = pair.render(PairFields{"q", "ab", "c"}, ReplyKind::line);
  EXPECT_EQ(one.text,
            PromptTemplate::standard(PromptKind::pair).render(PairFields{"q", "ab", "c"}, ReplyKind::line).text);
  EXPECT_NE(one.marker, pair.render(PairFields{"q", "a", "bc"}, ReplyKind::line).marker);
  EXPECT_NE(one.marker, pair.render(PairFields{"q", "c", "ab"}, ReplyKind::line).marker);
  EXPECT_EQ(one.marker.size(), 8U);
}

// Whoever knows how the marker is made and puts it into a response gets another one.
TEST(PromptTemplate, AMarkerThatStandsInTheContentIsDrawnAgain) {
  const PromptTemplate score(PromptKind::score, "{{response}}");
  // To hit one by chance takes 2^40 tries; so texts grow by the markers that they had.
  EXPECT_TRUE(rc::check([&](const std::string& bytes) {
    std::string text = bytes;
    for (int round = 0; round < 3; ++round) {
      const Prompt prompt = score.render(ScoreFields{"", text, 0, 1}, ReplyKind::line);
      RC_ASSERT(text.find(prompt.marker) == std::string::npos);
      text += prompt.marker;
    }
  }));
}

TEST(PromptTemplate, StandardOnesAskForAMarkedReply) {
  for (const ReplyKind reply : {ReplyKind::line, ReplyKind::json}) {
    const Prompt pair = PromptTemplate::standard(PromptKind::pair).render(PairFields{"q", "a", "b"}, reply);
    const Prompt score = PromptTemplate::standard(PromptKind::score).render(ScoreFields{"q", "a", 1, 10}, reply);
    for (const Prompt& prompt : {pair, score}) {
      EXPECT_THAT(prompt.text, Not(HasSubstr("{{")));
      EXPECT_GT(prompt.text.rfind(prompt.marker), prompt.text.find("ends]"));
    }
  }
}

}  // namespace
}  // namespace assay::judge

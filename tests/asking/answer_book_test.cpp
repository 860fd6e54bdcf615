#include "assay/asking/answer_book.h"

#include <gmock/gmock.h>

#include "assay/judge/verdict_reader.h"
#include "tests/app/app_fixture.h"

namespace assay::asking {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// One query of two turns, one model.
class AnswerBookTest : public AppTest {
 protected:
  AnswerBookTest() {
    write("turns.jsonl",
          R"({"query": "q", "turn": 1, "prompt": "How many?"}
{"query": "q", "turn": 2, "prompt": "And why?"}
{"query": "q", "turn": 1, "model": "a", "response": "Seven."}
{"query": "q", "turn": 2, "model": "a", "response": "I counted."}
{"query": "q", "turn": 1, "model": "a", "judge": "j", "score": 9}
{"query": "q", "turn": 2, "model": "a", "judge": "j", "score": 4}
)");
    import_jsonl("turns.jsonl", "turns.assay");
  }

  // What the book says to a judge who reads this on a scale of 1 to 10.
  static std::optional<double> score(const AnswerBook& book, const std::string& prompt,
                                     const std::string& response) {
    const judge::Prompt asked = judge::PromptTemplate::standard(judge::PromptKind::score)
                                    .render(judge::ScoreFields{prompt, response, 1, 10}, judge::ReplyKind::json);
    const AnswerBook::Entry* entry = book.find(asked.text);
    if (entry == nullptr) return std::nullopt;
    return judge::read_score(book.reply(*entry, 1, 0), asked.marker, 1, 10);
  }
};

TEST_F(AnswerBookTest, KnowsEachTurnAndTheWholeByTheMean) {
  const AnswerBookReport report = make_answer_book({.study = path("turns.assay"), .scale = Scale{1, 10}});
  EXPECT_EQ(score(report.book, "How many?", "Seven."), 9);
  EXPECT_EQ(score(report.book, "How many?\n\nSeven.\n\nAnd why?", "I counted."), 4);
  EXPECT_EQ(score(report.book, "How many?\n\nAnd why?", "Seven.\n\nI counted."), 6.5) << "as select reads it";
  EXPECT_EQ(score(report.book, "How many?", "Eight."), std::nullopt);
}

TEST_F(AnswerBookTest, ScoresAloneAreNoVerdicts) {
  const AnswerBookReport report = make_answer_book({.study = path("turns.assay"), .scale = Scale{1, 10}});
  EXPECT_THAT(report.notes, Contains(HasSubstr("scores of judge j")));
  EXPECT_THAT(report.notes, Not(Contains(testing::StartsWith("verdicts of judge"))));
  EXPECT_EQ(report.book.pairs(), 0U);
}

// Each half of the book would list them.
TEST_F(AnswerBookTest, JudgesAreListedOnce) {
  write("two.jsonl", R"({"query": "q", "model": "a", "judge": "j1", "score": 9}
{"query": "q", "model": "b", "judge": "j2", "score": 4}
{"query": "q", "model": "a", "opponent": "b", "judge": "j3", "verdict": 1}
)");
  import_jsonl("two.jsonl", "two.assay");
  EXPECT_EQ(error_of([&] { make_answer_book({.study = path("two.assay")}); }),
            "the study has several judges, name one by `judge`: \"j1\", \"j2\", \"j3\"");
  EXPECT_EQ(error_of([&] { make_answer_book({.study = path("two.assay"), .choice = {.judge = "x"}}); }),
            "expected a judge of the study (\"j1\", \"j2\", \"j3\"), came \"x\"");
}

}  // namespace
}  // namespace assay::asking

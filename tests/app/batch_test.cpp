// Oracle batch from the first file to the decision: rounds of files, which the replayed judge answers.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "assay/app/allocate.h"
#include "assay/app/select.h"
#include "assay/asking/answer_book.h"
#include "server/replay_judge.h"
#include "tests/app/app_fixture.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

class BatchTest : public SynthStudyTest {
 protected:
  BatchTest() { std::filesystem::copy_file(study_, folder_.path("answers.assay")); }

  SelectRequest request() const {
    SelectRequest request;
    request.study = study_;
    request.choice.baseline = "baseline";
    request.oracle.name = "batch:" + folder_.path("batches");
    request.oracle.llm.url = "http://judge/v1";
    request.oracle.llm.model = "replay";
    request.oracle.llm.price = judge::Price{Money{150'000}, Money{600'000}};
    return request;
  }
  // Answers the newest batch; false if there is none that lacks an answer.
  bool answer(double error_rate = 0) {
    const std::string in = folder_.path("batches/batch-" + fmt_number(++batches_) + ".jsonl");
    if (!std::filesystem::exists(in)) return false;
    const asking::AnswerBookReport report = asking::make_answer_book({.study = folder_.path("answers.assay")});
    server::ReplayJudge judge(report.book, {.error_rate = error_rate, .seed = batches_});
    std::ifstream requests(in);
    std::ofstream replies(folder_.path("batches/out-" + std::to_string(batches_) + ".jsonl"));
    for (std::string line; std::getline(requests, line);) replies << judge.answer_batch_line(line) << '\n';
    return true;
  }
  static std::string fmt_number(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    return std::string(4 - digits.size(), '0') + digits;
  }

  std::uint64_t batches_ = 0;
};

TEST_F(BatchTest, SelectDecidesInRounds) {
  asking::SelectReport report = run_select(request());
  EXPECT_FALSE(report.stop->decided);
  EXPECT_THAT(report.notes, testing::Contains(HasSubstr("batch-0001.jsonl")));
  while (answer()) report = run_select(request());
  EXPECT_TRUE(report.stop->decided);
  EXPECT_GT(batches_, 1U);
  SelectRequest recorded;
  recorded.study = folder_.path("answers.assay");
  EXPECT_EQ(report.best, run_select(recorded).best);
  ASSERT_TRUE(report.bill);
  EXPECT_EQ(report.bill->counts.failed, 0U);
}

TEST_F(BatchTest, RequestsThatFailAreAskedOnceMoreAndThenGivenUp) {
  asking::SelectReport report = run_select(request());
  std::size_t rounds = 0;
  while (answer(0.3) && ++rounds < 30) report = run_select(request());
  EXPECT_LT(rounds, 30U);
  EXPECT_TRUE(report.stop->decided);
}

}  // namespace
}  // namespace assay::app

// `find --dry-run` reads prompts and a study, and leaves both as they were.

#include <gmock/gmock.h>

#include <filesystem>

#include "assay/store/study.h"
#include "tests/golden/command.h"

namespace assay {
namespace {

using testing::HasSubstr;

class DryRun : public CommandTest {
 protected:
  DryRun() {
    write("prompts.jsonl", "{\"prompt\": \"one\"}\n{\"prompt\": \"two\"}\n");
    write("more.jsonl", "{\"prompt\": \"three\"}\n");
    write("candidates.json",
          R"([{"name": "a", "url": "http://127.0.0.1:9/v1"}, {"name": "b", "url": "http://127.0.0.1:9/v1"}])");
  }
  Finished dry_run(const std::string& of) const {
    return assay("find " + of +
                 " --candidates candidates.json --judge-model j --judge-url http://127.0.0.1:9/v1 --dry-run");
  }
};

TEST_F(DryRun, MakesNoStudy) {
  const Finished run = dry_run("prompts.jsonl");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("2 candidates would make at most 4 answers"));
  EXPECT_THAT(run.err, HasSubstr("2 prompts in prompts.assay"));
  EXPECT_FALSE(std::filesystem::exists(path("prompts.assay")));
}

TEST_F(DryRun, AddsNothingToAStudyThatIsThere) {
  output("import prompts.jsonl -o there.assay");
  const Finished run = dry_run("more.jsonl -o there.assay");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("2 candidates would make at most 6 answers"));
  EXPECT_EQ(store::Study(path("there.assay"), store::Study::Mode::read).summary().queries, 2U);
}

}  // namespace
}  // namespace assay

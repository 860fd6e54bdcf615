#include "assay/data/task_queries.h"

#include <gtest/gtest.h>

#include <string>

#include "assay/core/error.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

std::vector<TaskQuery> read(const std::string& text) { return read_task_queries(*memory_source("q.jsonl", text)); }

TEST(TaskQueries, ReadsPromptsAndWhatIsKnown) {
  const auto queries = read(R"({"prompt": "one"}
{"prompt": "two", "query": 7, "right": {"good": true, "bad": 0, "fair": 0.25}}
)");
  ASSERT_EQ(queries.size(), 2U);
  EXPECT_EQ(queries[0].prompt, "one");
  EXPECT_TRUE(queries[0].right.empty());
  EXPECT_EQ(queries[1].right,
            (std::vector<std::pair<std::string, double>>{{"good", 1}, {"bad", 0}, {"fair", 0.25}}));
}

TEST(TaskQueries, AppendsOptionsAsAnImportDoes) {
  EXPECT_EQ(read(R"({"question": "Which?", "options": ["this", "that"], "answer": "A"})")[0].prompt,
            "Which?\nA. this\nB. that");
}

TEST(TaskQueries, TellsWhatIsWrong) {
  EXPECT_EQ(error_of([] { read(R"({"text": "one"})"); }),
            "q.jsonl:1: expected a field \"prompt\", came an object without it");
  EXPECT_EQ(error_of([] { read(R"({"prompt": "one", "right": {"good": 2}})"); }),
            "q.jsonl:1: expected true, false or a score from 0 to 1 in \"good\", came 2");
  EXPECT_EQ(error_of([] { read(R"({"prompt": "one", "right": ["good"]})"); }),
            "q.jsonl:1: expected an object of models in \"right\", came an array");
}

}  // namespace
}  // namespace assay::data

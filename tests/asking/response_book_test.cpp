#include "assay/asking/response_book.h"

#include <gtest/gtest.h>

#include "assay/core/error.h"
#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

using Messages = std::vector<data::ChatMessage>;

class ResponseBookTest : public StudyTest {
 protected:
  ResponseBookTest() : study_(path(), store::Study::Mode::create) {
    add("brief", "system: Be brief.\n\nuser: Hi",
        R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}])");
    add("kind", "system: Be kind.\n\nuser: Hi",
        R"([{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}])");
    add("plain", "Hi", "");
    add("again", "Hi", "");
    add("text", "system: Be brief.\n\nuser: Hi", "");
    add("long", "",
        R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"Hi"}])");
  }
  void add(const char* query, const char* text, const char* messages) {
    const auto import = study_.begin_import();
    import->add(QueryRecord{.query = query, .text = *text == 0 ? messages : text, .messages = messages}, {"f", 1},
                OnConflict::fail);
    import->add(ResponseRecord{query, "m", 1, std::string("to ") + query}, {"f", 1}, OnConflict::fail);
    import->commit();
  }
  std::string find(const Messages& messages) {
    const ResponseBook book(study_);
    const std::string* found = book.find("m", messages);
    return found == nullptr ? "nothing" : *found;
  }

  store::Study study_;
};

TEST_F(ResponseBookTest, ChatsAreFoundByAllTheirMessages) {
  EXPECT_EQ(find({{"user", "Hi"}}), "to again");  // the first by name
  EXPECT_EQ(find({{"system", "Be brief."}, {"user", "Hi"}}), "to brief");
  EXPECT_EQ(find({{"system", "Be kind."}, {"user", "Hi"}}), "to kind");
  EXPECT_EQ(find({{"user", "a"}, {"assistant", "b"}, {"user", "Hi"}}), "to long");
  EXPECT_EQ(find({{"user", "a"}, {"user", "b"}, {"user", "Hi"}}), "nothing");
  EXPECT_EQ(find({{"user", "system: Be brief.\n\nuser: Hi"}}), "to text");
  EXPECT_EQ(find({{"user", "b"}, {"assistant", "b"}, {"user", "Hi"}}), "nothing");
  EXPECT_EQ(find({}), "nothing");
}

TEST_F(ResponseBookTest, ACandidatesSystemPromptMakesNoDifference) {
  EXPECT_EQ(find({{"system", "Answer in rhymes."}, {"user", "Hi"}}), "to again");
  EXPECT_EQ(find({{"system", "Answer in rhymes.\n\nBe kind."}, {"user", "Hi"}}), "to kind");
  EXPECT_EQ(find({{"system", "Don't Be kind."}, {"user", "Hi"}}), "to again");
  EXPECT_EQ(find({{"system", "x"}, {"user", "a"}, {"assistant", "b"}, {"user", "Hi"}}), "to long");
}

TEST_F(ResponseBookTest, CountsWhatCanBeFound) {
  const ResponseBook book(study_);
  EXPECT_EQ(book.responses(), 5U);
  EXPECT_EQ(book.models(), 1U);
  EXPECT_TRUE(book.knows("m"));
  EXPECT_EQ(book.find("n", Messages{{"user", "Hi"}}), nullptr);
}

}  // namespace
}  // namespace assay::asking

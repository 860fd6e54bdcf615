// Prompts that are chats: what a model is sent stands beside the text that judges read.

#include <gmock/gmock.h>

#include "tests/data/recording_sink.h"
#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kBrief = R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}])";
constexpr std::string_view kKind = R"([{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}])";

class ChatsTest : public StudyTest {
 protected:
  ChatsTest() : study_(sample()) {}

  QueryRecord chat(std::string_view messages, std::string_view text = "system: ...") const {
    return {.query = "chat", .text = text, .messages = messages};
  }
  // Each record in an import of its own.
  void add(const QueryRecord& record, std::size_t line = 1, OnConflict conflict = OnConflict::fail) {
    const auto import = study_.begin_import();
    import->add(record, {"f", line}, conflict);
    import->commit();
  }
  std::string error_in(const std::vector<QueryRecord>& records) {
    const auto import = study_.begin_import();
    std::size_t line = 0;
    return error_of([&] {
      for (const QueryRecord& record : records) import->add(record, {"f", ++line}, OnConflict::fail);
    });
  }
  std::string kept() const { return study_.chats({"chat"})[0]; }

  Study study_;
};

TEST_F(ChatsTest, AreKeptBesideTheText) {
  add(chat(kBrief));
  EXPECT_THAT(study_.chats({"q1", "chat", "nobody"}), ElementsAre("", kBrief, ""));
  EXPECT_THAT(study_.prompts({"chat"}), ElementsAre("system: ..."));
  RecordingSink sink;
  study_.give_records(sink);
  EXPECT_EQ(sink.messages, (std::map<std::string, std::string>{{"chat", std::string(kBrief)}}));
}

TEST_F(ChatsTest, OfATextThatIsKnownAreNews) {
  add(chat({}));
  add(chat(kBrief));
  EXPECT_EQ(kept(), kBrief);
  const auto import = study_.begin_import();
  import->add(chat(kBrief), {"f", 3}, OnConflict::fail);
  import->add(chat({}), {"f", 4}, OnConflict::fail);
  EXPECT_EQ(import->commit().repeated, 2U);
  EXPECT_EQ(kept(), kBrief);
}

TEST_F(ChatsTest, ThatDifferContradictEachOther) {
  EXPECT_THAT(error_in({chat(kBrief), chat(kKind)}),
              HasSubstr("f:2: other messages of query \"chat\" (\"system: ...\"), which contradicts f:1"));
  add(chat(kBrief));
  add(chat(kKind), 2, OnConflict::keep_first);
  EXPECT_EQ(kept(), kBrief);
  add(chat(kKind), 3, OnConflict::keep_last);
  EXPECT_EQ(kept(), kKind);
  study_.remove({.models = {"bad"}, .judges = {}});
  EXPECT_EQ(kept(), kKind);
}

TEST_F(ChatsTest, BelongToTheTextThatWasKept) {
  add(chat({}, "one"));
  add(chat(kBrief, "other"), 2, OnConflict::keep_first);
  EXPECT_EQ(kept(), "");
  add(chat(kBrief, "other"), 3, OnConflict::keep_last);
  EXPECT_EQ(kept(), kBrief);
  add(chat({}, "one"), 4, OnConflict::keep_last);
  EXPECT_EQ(kept(), "");
}

TEST_F(ChatsTest, HaveAllTheirTurnsInThemselves) {
  const QueryRecord second{.query = "chat", .turn = 2, .text = "And then?"};
  QueryRecord turn_two = chat(kBrief);
  turn_two.turn = 2;
  EXPECT_THAT(error_in({turn_two}), HasSubstr("f:1: expected all messages of chat \"chat\" in its first turn"));
  EXPECT_THAT(error_in({chat(kBrief), second}), HasSubstr("f:2: expected all messages"));
  EXPECT_THAT(error_in({second, chat(kBrief)}), HasSubstr("f:2: expected one turn of a query that is a chat"));
}

// Else answers that are there would be those of a prompt that nobody was sent.
TEST_F(ChatsTest, DoNotChangeWhatACandidateWasSent) {
  add(chat({}));
  study_.keep_response({.query = "chat", .model = "good", .text = "an answer"});
  add(chat(kBrief));
  EXPECT_EQ(kept(), kBrief) << "a model that an import brought was sent what it was sent";
  study_.remember("candidate:good", "{}");
  const std::string told = "as candidate \"good\" was sent it, came other messages";
  EXPECT_THAT(error_in({chat(kKind)}), HasSubstr(told));
  add(chat(kBrief));
  add({.query = "text", .text = "t"});
  study_.keep_response({.query = "text", .model = "good", .text = "an answer"});
  EXPECT_THAT(error_in({{.query = "text", .text = "t", .messages = kBrief}}), HasSubstr(told));
}

}  // namespace
}  // namespace assay::store

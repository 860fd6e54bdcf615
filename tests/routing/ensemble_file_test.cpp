#include "assay/routing/ensemble_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "tests/data/sample_folder.h"
#include "tests/ensemble/sample_votes.h"

namespace assay::routing {
namespace {

using testing::HasSubstr;

EnsembleContents contents_of(LabelKind kind, const char* rule) {
  const LabelTable table = sample_votes({reference::symmetric_votes(3, {0.85, 0.75, 0.7}, 0.05)}, kind, 300, 1);
  const std::vector<ModelId> members = {model_id(0), model_id(1), model_id(2)};
  EnsembleContents contents{
      .kind = kind, .labels = {"A", "B", "C"}, .method = "assay", .decision = rule, .sure = 0.9, .ensembles = {}};
  for (const char* task : {"law", "maths \"hard\"\n"}) {
    contents.ensembles.push_back(
        {task,
         {"one", "two <b>", "três"},
         {0.85, 0.75, 0.7},
         ensemble::learn_sequential_vote(ensemble::vote_rule(rule), {table}, {table}, members).numbers()});
  }
  return contents;
}

std::string reason(const std::string& text) {
  try {
    ensemble_contents(text);
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST(EnsembleFile, ComesBackAsItWas) {
  for (const LabelKind kind : {LabelKind::classes, LabelKind::options}) {
    for (const char* rule : {"majority", "logit", "pattern"}) {
      const EnsembleContents contents = contents_of(kind, rule);
      const std::string text = ensemble_text(contents);
      const EnsembleContents again = ensemble_contents(text);
      EXPECT_EQ(again.kind, kind);
      EXPECT_EQ(again.labels, contents.labels);
      EXPECT_EQ(again.sure, 0.9);
      ASSERT_EQ(again.ensembles.size(), 2U);
      EXPECT_EQ(again.ensembles[1].task, contents.ensembles[1].task);
      EXPECT_EQ(again.ensembles[0].members, contents.ensembles[0].members);
      const ensemble::SequentialVote one(contents.ensembles[0].vote), other(again.ensembles[0].vote);
      for (Label a = 0; a <= 3; ++a) {
        for (Label b = 0; b <= 3; ++b) {
          const std::vector<Label> votes = {a, b};
          EXPECT_EQ(one.next(votes, 3, 0.9).answer.probability, other.next(votes, 3, 0.9).answer.probability);
          EXPECT_EQ(one.next(votes, 3, 0.9).stays, other.next(votes, 3, 0.9).stays);
        }
      }
      EXPECT_EQ(ensemble_text(again), text);
    }
  }
}

TEST(EnsembleFile, IsRead) {
  SampleFolder folder;
  const EnsembleContents contents = contents_of(LabelKind::options, "logit");
  folder.write("x.ensemble", ensemble_text(contents));
  const EnsembleFile file(folder.path("x.ensemble"));
  EXPECT_EQ(file.contents().ensembles[0].task, "law");
  EXPECT_EQ(file.vote(0).members(), 3U);
  EXPECT_THROW(EnsembleFile(folder.path("none.ensemble")), Error);
}

TEST(EnsembleFile, SaysWhatDoesNotFit) {
  const std::string text = ensemble_text(contents_of(LabelKind::options, "logit"));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const std::size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return reason(changed.replace(at, from.size(), to));
  };
  EXPECT_EQ(reason(text), "no error");
  EXPECT_THAT(reason("{}"), HasSubstr("expected an ensemble"));
  EXPECT_NE(reason("[]"), "no error");
  EXPECT_NE(reason("nonsense"), "no error");
  EXPECT_THAT(with("\"version\": 1", "\"version\": 2"), HasSubstr("fit it again"));
  EXPECT_THAT(with("\"options\"", "\"words\""), HasSubstr("expected options or classes"));
  EXPECT_THAT(with("\"A\", \"B\", \"C\"", "\"A\", \"B\", \"B\""), HasSubstr("labels that differ"));
  EXPECT_THAT(with("\"A\", \"B\", \"C\"", "\"A\", \"B\""), HasSubstr("evidence"));
  EXPECT_THAT(with("\"sure\": 0.9", "\"sure\": 2"), HasSubstr("\"sure\""));
  EXPECT_THAT(with("\"sure\": 0.9", "\"sure\": \"much\""), HasSubstr("a number in \"sure\""));
  EXPECT_THAT(with("\"one\"", "\"três\""), HasSubstr("members that differ"));
  EXPECT_THAT(with("\"model\": \"one\"", "\"model\": 1"), HasSubstr("a text in \"model\""));
  EXPECT_THAT(with("\"law\"", "\"maths \\\"hard\\\"\\n\""), HasSubstr("one ensemble for a task"));
  EXPECT_THAT(with("\"ranking\": [0", "\"ranking\": [7"), HasSubstr("members"));
  EXPECT_THAT(with("\"stops\"", "\"steps\""), HasSubstr("\"stops\""));
}

// Whatever stands in it, it is refused or can be used.
TEST(EnsembleFile, DamagedOnesDoNoHarm) {
  Rng rng(1);
  for (const char* rule : {"logit", "pattern"}) {
    const std::string text = ensemble_text(contents_of(LabelKind::options, rule));
    for (int i = 0; i < 300; ++i) {
      std::string damaged = text;
      for (std::size_t n = 1 + rng.below(3); n > 0; --n) {
        damaged[rng.below(damaged.size())] = "0123456789-.,[]{}\"e "[rng.below(20)];
      }
      try {
        const EnsembleContents contents = ensemble_contents(damaged);
        for (const EnsembleContents::Served& served : contents.ensembles) {
          const ensemble::SequentialVote vote(served.vote);
          std::vector<Label> votes;
          while (!vote.next(votes, 3, contents.sure).done) votes.push_back(static_cast<Label>(rng.below(4)));
        }
      } catch (const Error&) {
        continue;
      }
    }
  }
}

}  // namespace
}  // namespace assay::routing

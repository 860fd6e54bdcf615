// People as one judge: whatever they do, in whatever order, nothing is lost, nothing is asked twice, and the run is
// the one that their verdicts make.

#include "assay/app/rate.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "assay/app/select.h"
#include "assay/asking/people.h"
#include "assay/core/hash.h"
#include "assay/core/rng.h"
#include "assay/view/select.h"
#include "tests/store/study_fixture.h"

namespace assay::app {
namespace {

using asking::RaterPool;
using asking::RaterReply;
using Time = RaterPool::Time;
using testing::HasSubstr;

constexpr std::size_t kRatedQueries = 30;
constexpr std::size_t kModels = 4;

// People whose opinions are a function of who they are and what they see.
class RateTest : public StudyTest {
 protected:
  RateTest() { make(path()); }

  static void make(const std::string& where) {
    store::Study study(where, store::Study::Mode::create);
    const auto import = study.begin_import();
    for (std::size_t q = 0; q < kRatedQueries; ++q) {
      const std::string query = "q" + std::to_string(100 + q);
      import->add(QueryRecord{query, 1, "prompt of " + query, ""}, {"f", 1}, OnConflict::fail);
      import->add(ResponseRecord{query, "base", 1, "plain " + query}, {"f", 1}, OnConflict::fail);
      for (std::size_t j = 0; j < kModels; ++j) {
        const std::string model = "m" + std::to_string(j);
        import->add(ResponseRecord{query, model, 1, model + " on " + query}, {"f", 1}, OnConflict::fail);
      }
    }
    import->commit();
  }

  SelectRequest request() const {
    SelectRequest request;
    request.study = path();
    request.choice.baseline = "base";
    request.epsilon = 0.1;
    return request;
  }
  std::unique_ptr<Rating> open(std::vector<std::string> raters, double share = 0.2) const {
    RateRequest wanted{request(), {}};
    wanted.raters.raters = std::move(raters);
    wanted.raters.share_given_twice = share;
    return std::make_unique<Rating>(std::move(wanted));
  }

  // 1, 1/2 or 0 of a pair: of m3 mostly 1, of m0 mostly 0.
  static double truth(const std::string& model, const std::string& query) {
    const auto draw = static_cast<double>(mix64(fnv1a(query, fnv1a(model))) % 1000) / 1000;
    const double win = 0.2 + 0.2 * (model[1] - '0');
    return draw < win ? 1 : draw < win + 0.1 ? 0.5 : 0;
  }

  struct Shown {
    std::string query, model;
    bool model_first = false;
  };
  static Shown shown(const RaterPool::Pair& pair) {
    const bool model_first = pair.second.starts_with("plain ");
    const std::string answer(model_first ? pair.first : pair.second);
    EXPECT_EQ(answer.substr(2, 4), " on ");
    return {answer.substr(6), answer.substr(0, 2), model_first};
  }
  static RaterReply reply_of(double value, bool model_first) {
    if (value == 0.5) return RaterReply::draw;
    return (value == 1) == model_first ? RaterReply::first : RaterReply::second;
  }
  static RaterReply honest(const RaterPool::Pair& pair) {
    const Shown what = shown(pair);
    return reply_of(truth(what.model, what.query), what.model_first);
  }

  // What the study has of a judge, by query and model.
  std::map<std::string, double> kept(const std::string& key) const {
    std::map<std::string, double> all;
    for (const auto& one : store::Study(path(), store::Study::Mode::read).kept_answers(key)) {
      all[one.query + " " + one.model] = one.value;
    }
    return all;
  }
  std::map<std::string, double> of_person(const std::string& name) const {
    return kept(asking::person_key(name, "base"));
  }
  std::map<std::string, double> of_people() const { return kept(asking::people_key("base")); }

  // Everybody says what is true, one after the other, until nothing is left; without a break.
  std::string uninterrupted(const std::vector<std::string>& raters, double share = 0.2) {
    auto rating = open(raters, share);
    Time now{0};
    for (std::size_t i = 0; !rating->pool().progress().decided; ++i) {
      now += Time(1000);
      const std::string& rater = raters[i % raters.size()];
      const auto desk = rating->pool().look(rater, now);
      if (!desk.pairs.empty()) {
        rating->pool().vote(rater, desk.pairs[0].id, honest(desk.pairs[0]), {}, now);
      } else {
        now += Time(20'000);
      }
      rating->pool().settle();
    }
    rating->close();
    return view::to_json(rating->report());
  }
};

TEST_F(RateTest, OneRaterDecides) {
  const std::string json = uninterrupted({"ann"});
  EXPECT_THAT(json, HasSubstr("\"best\": \"m3\""));
  EXPECT_THAT(json, HasSubstr("\"decided\": true"));
  for (const auto& [pair, value] : of_people()) {
    EXPECT_EQ(value, truth(pair.substr(5), pair.substr(0, 4))) << pair;
  }
}

// Terminal and page are the same person.
TEST_F(RateTest, VerdictsAreThoseOfThePersonAtTheTerminal) {
  auto rating = open({"ann"});
  const auto desk = rating->pool().look("ann", Time(0));
  ASSERT_EQ(desk.pairs.size(), 3U);
  EXPECT_FALSE(desk.can_undo);
  const Shown first = shown(desk.pairs[0]);
  EXPECT_EQ(rating->pool().vote("ann", desk.pairs[0].id, RaterReply::first, {"well said", 4.5, {}}, Time(5)),
            RaterPool::Took::kept);
  EXPECT_EQ(of_person("ann"),
            (std::map<std::string, double>{{first.query + " " + first.model, first.model_first ? 1.0 : 0.0}}));
  const auto remarks = rating->study().remarks("person:3:ann:base");
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_EQ(remarks[0].remark.note, "well said");
  EXPECT_EQ(remarks[0].remark.seconds, 4.5);
  EXPECT_EQ(remarks[0].remark.model_first, first.model_first);
}

TEST_F(RateTest, TheSameVerdictAgainIsNoSecondOne) {
  auto rating = open({"ann"});
  RaterPool& pool = rating->pool();
  const std::string id = pool.look("ann", Time(0)).pairs[0].id;
  EXPECT_EQ(pool.vote("ann", id, RaterReply::draw, {}, Time(1)), RaterPool::Took::kept);
  EXPECT_EQ(pool.vote("ann", id, RaterReply::first, {}, Time(2)), RaterPool::Took::again);
  EXPECT_EQ(of_person("ann").size(), 1U);
  EXPECT_EQ(of_person("ann").begin()->second, 0.5);
  EXPECT_EQ(pool.vote("ann", "0123456789abcdef", RaterReply::first, {}, Time(3)), RaterPool::Took::no_such);
  EXPECT_EQ(pool.vote("ann", "", RaterReply::first, {}, Time(3)), RaterPool::Took::no_such);
  EXPECT_THROW(pool.look("eve", Time(4)), InvalidArgument);
  EXPECT_EQ(pool.look("ann", Time(4)).progress.mine, 1U);
}

TEST_F(RateTest, WhatIsTakenBackNeverWas) {
  auto rating = open({"ann"});
  RaterPool& pool = rating->pool();
  const auto before = pool.look("ann", Time(0));
  pool.vote("ann", before.pairs[0].id, RaterReply::draw, {"note", 1.0, {}}, Time(1));
  EXPECT_TRUE(pool.look("ann", Time(2)).can_undo);
  EXPECT_TRUE(pool.undo("ann", Time(2)));
  const auto after = pool.look("ann", Time(3));
  EXPECT_EQ(after.pairs[0].id, before.pairs[0].id);
  EXPECT_EQ(after.pairs.size(), 3U);
  EXPECT_FALSE(after.can_undo);
  EXPECT_FALSE(pool.undo("ann", Time(3)));
  EXPECT_TRUE(of_person("ann").empty());
  EXPECT_TRUE(rating->study().remarks("person:3:ann:base").empty());
  EXPECT_EQ(after.progress.mine, 0U);
  // It counts when the next one is given, and not before.
  pool.vote("ann", after.pairs[0].id, RaterReply::first, {}, Time(4));
  pool.settle();
  EXPECT_EQ(pool.progress().all, 0U);
  pool.vote("ann", after.pairs[1].id, RaterReply::first, {}, Time(5));
  pool.settle();
  EXPECT_EQ(pool.progress().all, 1U);
}

TEST_F(RateTest, WhatOneSkipsGoesToAnother) {
  auto rating = open({"ann", "ben"}, 0);
  RaterPool& pool = rating->pool();
  const auto ann = pool.look("ann", Time(0));
  const auto ben = pool.look("ben", Time(0));
  pool.vote("ann", ann.pairs[0].id, RaterReply::skip, {}, Time(1));
  EXPECT_EQ(pool.look("ann", Time(1)).progress.mine, 0U);
  bool came = false;
  for (Time now{2}; now < Time(200) && !came; ++now) {
    const auto desk = pool.look("ben", now);
    came = desk.pairs[0].id == ann.pairs[0].id;
    pool.vote("ben", desk.pairs[0].id, honest(desk.pairs[0]), {}, now);
  }
  EXPECT_TRUE(came);
}

TEST_F(RateTest, WhatAllSkipHasNoVerdict) {
  auto rating = open({"ann"});
  RaterPool& pool = rating->pool();
  for (int i = 0; i < 6; ++i) {
    const auto desk = pool.look("ann", Time(i));
    pool.vote("ann", desk.pairs[0].id, RaterReply::skip, {}, Time(i));
    pool.settle();
  }
  EXPECT_EQ(rating->report().calls, 5U);
  EXPECT_EQ(rating->report().calls_failed, 5U);
  for (const auto& [pair, value] : of_people()) EXPECT_TRUE(std::isnan(value)) << pair;
}

// The third one decides; without one it is a draw.
TEST_F(RateTest, WhereTwoDifferAThirdDecides) {
  for (const bool third : {false, true}) {
    const std::string file = path(third ? "three.assay" : "two.assay");
    make(file);
    RateRequest wanted{request(), {}};
    wanted.select.study = file;
    wanted.raters.raters = {"ann", "ben"};
    if (third) wanted.raters.raters.emplace_back("cyd");
    wanted.raters.share_given_twice = 1;
    Rating rating(std::move(wanted));
    const auto says = [](const std::string& rater, bool first) { return reply_of(rater == "ben" ? 0 : 1, first); };
    for (int i = 0; i < 60; ++i) {
      for (const std::string rater : {"ann", "ben", "cyd"}) {
        if (rater == "cyd" && !third) continue;
        const auto desk = rating.pool().look(rater, Time(i));
        if (desk.pairs.empty()) continue;
        rating.pool().vote(rater, desk.pairs[0].id, says(rater, shown(desk.pairs[0]).model_first), {}, Time(i));
        rating.pool().settle();
      }
    }
    std::map<std::string, std::set<std::string>> voters;
    std::map<std::string, double> verdicts;
    for (const std::string rater : {"ann", "ben", "cyd"}) {
      for (const auto& one : rating.study().kept_answers(asking::person_key(rater, "base"))) {
        voters[one.query + " " + one.model].insert(rater);
      }
    }
    int decided = 0;
    for (const auto& one : rating.study().kept_answers("people:0::base")) {
      const auto& who = voters[one.query + " " + one.model];
      EXPECT_GE(who.size(), 2U);
      EXPECT_EQ(one.value, third || !who.contains("ben") ? 1 : 0.5);
      if (who.size() == 3) ++decided;
    }
    EXPECT_EQ(decided > 0, third);
  }
}

TEST_F(RateTest, AsManyAreGivenTwiceAsAreWanted) {
  uninterrupted({"ann", "ben"}, 0.3);
  const auto ann = of_person("ann");
  const auto ben = of_person("ben");
  std::size_t both = 0;
  for (const auto& [pair, value] : ann) both += ben.contains(pair) ? 1U : 0U;
  const std::size_t all = ann.size() + ben.size() - both;
  EXPECT_GT(all, 40U);
  EXPECT_NEAR(static_cast<double>(both) / static_cast<double>(all), 0.3, 0.17);
}

// Two who work one after the other: who comes later is given some of what the first one judged.
TEST_F(RateTest, WhoComesLaterJudgesSomeOfTheSame) {
  {
    auto rating = open({"ann", "ben"}, 0.3);
    for (int i = 0; i < 30; ++i) {
      const auto desk = rating->pool().look("ann", Time(i));
      ASSERT_FALSE(desk.pairs.empty()) << "ann waits for ben";
      rating->pool().vote("ann", desk.pairs[0].id, honest(desk.pairs[0]), {}, Time(i));
      rating->pool().settle();
    }
  }
  auto rating = open({"ann", "ben"}, 0.3);
  for (int i = 0; i < 20; ++i) {
    const auto desk = rating->pool().look("ben", Time(i));
    ASSERT_FALSE(desk.pairs.empty());
    rating->pool().vote("ben", desk.pairs[0].id, honest(desk.pairs[0]), {}, Time(i));
    rating->pool().settle();
  }
  const auto ann = of_person("ann");
  std::size_t both = 0;
  for (const auto& [pair, value] : of_person("ben")) both += ann.contains(pair) ? 1U : 0U;
  EXPECT_GE(both, 3U);
  EXPECT_LE(both, 16U);
}

TEST_F(RateTest, WhatLiesWithWhoLeftGoesToOthersAndALateVerdictIsKept) {
  auto rating = open({"ann", "ben"}, 0);
  RaterPool& pool = rating->pool();
  const auto ann = pool.look("ann", Time(0));
  Time now{0};
  std::set<std::string> seen;
  while (!pool.progress().decided && now < Time(10'000'000)) {
    now += Time(5'000);
    const auto desk = pool.look("ben", now);
    if (!desk.pairs.empty()) {
      EXPECT_TRUE(seen.insert(desk.pairs[0].id).second) << "a pair came twice to ben";
      pool.vote("ben", desk.pairs[0].id, honest(desk.pairs[0]), {}, now);
    }
    pool.settle();
  }
  EXPECT_TRUE(pool.progress().decided);
  EXPECT_TRUE(seen.contains(ann.pairs[0].id));
  const std::map<std::string, double> before = of_people();
  EXPECT_EQ(pool.vote("ann", ann.pairs[0].id, RaterReply::draw, {}, now), RaterPool::Took::kept);
  pool.close();
  EXPECT_EQ(of_person("ann").size(), 1U);
  const std::map<std::string, double> after = of_people();
  for (const auto& [pair, value] : before) EXPECT_EQ(after.at(pair), value) << "what stands, stands";
}

// Who says the same in any order of events makes the same run.
TEST_F(RateTest, TheRunFollowsFromTheVerdictsAlone) {
  const std::vector<std::string> raters = {"ann", "ben", "cyd"};
  const std::string expected = uninterrupted(raters, 0.2);
  const std::map<std::string, double> verdicts = of_people();
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const std::string file = path();
    std::filesystem::remove(file);
    make(file);
    Rng rng(seed);
    auto rating = open(raters, 0.2);
    std::map<std::string, std::map<std::string, double>> said;  // by rater, by id
    std::map<std::string, std::string> last;                    // id, by rater
    std::optional<RaterPool::Step> step;
    Time now{1};
    for (int event = 0; event < 20'000 && !rating->pool().progress().decided; ++event) {
      RaterPool& pool = rating->pool();
      now += Time(rng.below(200) == 0 ? 150'000 : static_cast<Time::rep>(rng.below(8000)));
      const std::string rater = raters[rng.below(raters.size())];
      const auto desk = pool.look(rater, now);
      for (const auto& pair : desk.pairs) {
        EXPECT_FALSE(said[rater].contains(pair.id)) << "a pair came twice to " << rater;
      }
      const std::uint64_t what = rng.below(100);
      if (what < 60 && !desk.pairs.empty()) {
        const auto& pair = desk.pairs[rng.below(4) == 0 ? rng.below(desk.pairs.size()) : 0];
        EXPECT_EQ(pool.vote(rater, pair.id, honest(pair), {}, now), RaterPool::Took::kept);
        said[rater][pair.id] = truth(shown(pair).model, shown(pair).query);
        last[rater] = pair.id;
      } else if (what < 66 && desk.can_undo) {
        EXPECT_TRUE(pool.undo(rater, now));
        said[rater].erase(last[rater]);
        EXPECT_EQ(pool.look(rater, now).pairs[0].id, last[rater]);
      } else if (what < 70 && !said[rater].empty()) {
        EXPECT_EQ(pool.vote(rater, said[rater].begin()->first, RaterReply::draw, {}, now), RaterPool::Took::again);
      } else if (what < 92) {
        if (!step) {
          step = pool.step();
        } else {
          step->work();
          pool.take(*step);
          step.reset();
        }
      } else if (what < 94) {
        step.reset();
        rating.reset();  // as a kill: nothing is said before
        rating = open(raters, 0.2);
      }
    }
    if (step) {
      step->work();
      rating->pool().take(*step);
    }
    rating->pool().settle();
    EXPECT_TRUE(rating->pool().progress().decided) << "seed " << seed;
    for (const std::string& rater : raters) {
      EXPECT_EQ(of_person(rater).size(), said[rater].size()) << "seed " << seed;
    }
    asking::SelectReport report = rating->report();
    rating.reset();
    EXPECT_EQ(view::to_json(report), expected) << "seed " << seed;
    for (const auto& [pair, value] : of_people()) {
      EXPECT_EQ(value, truth(pair.substr(5), pair.substr(0, 4))) << pair;
    }
    // Who looks sees the same.
    SelectRequest look = request();
    look.oracle.name = "people";
    asking::SelectReport seen = run_select(look);
    EXPECT_EQ(seen.best, report.best);
    EXPECT_EQ(seen.calls, report.calls);
    EXPECT_EQ(seen.stop->risk, report.stop->risk);
  }
}

TEST_F(RateTest, WhoAsksNobodySeesWhatPeopleSaid) {
  {
    auto rating = open({"ann", "ben"});
    for (int i = 0; i < 15; ++i) {
      for (const std::string rater : {"ann", "ben"}) {
        const auto desk = rating->pool().look(rater, Time(i));
        if (desk.pairs.empty()) continue;
        rating->pool().vote(rater, desk.pairs[0].id, honest(desk.pairs[0]), {}, Time(i));
        rating->pool().settle();
      }
    }
    rating->close();
  }
  SelectRequest look = request();
  look.oracle.name = "people";
  const asking::SelectReport people = run_select(look);
  look.oracle.name = "kept";
  look.choice.judge = "people against base";
  const asking::SelectReport kept = run_select(look);
  EXPECT_GT(people.calls, 10U);
  EXPECT_EQ(people.calls, kept.calls);
  EXPECT_EQ(people.best, kept.best);
  EXPECT_EQ(people.judge, "people");
  EXPECT_EQ(people.calls_new, 0U);
  look = request();
  look.oracle.name = "kept";
  EXPECT_EQ(run_select(look).judge, "people") << "they stand for each of them";
  look.choice.judge = "nobody";
  EXPECT_THAT(error_of([&] { run_select(look); }), HasSubstr("person ann against base"));
}

TEST_F(RateTest, VerdictsAtTerminalsAreKnownToTheNextRun) {
  {
    store::Study study(path(), store::Study::Mode::write);
    asking::JudgeTask task(study.judgeable({.baseline = "base"}));
    task.load_texts(study);
    for (std::size_t item = 0; item < 8; ++item) {
      const auto names = task.names(item);
      study.keep_answer("person:3:bob:base",
                        {std::string(names.query), std::string(names.model), 0, 0, task.fingerprint(item), 1.0});
    }
  }
  auto rating = open({"ann"});
  EXPECT_EQ(rating->pool().progress().all, 8U);
  EXPECT_EQ(rating->report().known, 8U);
  rating.reset();
  EXPECT_EQ(open({"ann"})->pool().progress().all, 8U);
}

TEST_F(RateTest, MistakesAreTold) {
  EXPECT_THAT(error_of([&] { open({}); }), HasSubstr("`raters` names nobody"));
  EXPECT_THAT(error_of([&] { open({"ann", "ann"}); }), HasSubstr("a name twice"));
  EXPECT_THAT(error_of([&] { open({"ann"}, 1.5); }), HasSubstr("`rater_share` must be from 0 to 1"));
  auto rating = open({"ann"});
  EXPECT_THAT(error_of([&] { open({"ben"}); }), HasSubstr("another process"));
}

}  // namespace
}  // namespace assay::app

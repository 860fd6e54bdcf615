// What every oracle must do, by assay/asking/oracle.h: each row of the table, for verdicts and for scores.

#include "assay/asking/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>

#include "assay/asking/kept_answers.h"
#include "assay/asking/oracles.h"
#include "assay/asking/select_run.h"
#include "assay/core/error.h"
#include "tests/asking/sample_task.h"
#include "tests/judge/failing_oracle.h"
#include "tests/judge/memory_judge.h"
#include "tests/judge/scripted_person.h"
#include "tests/judge/shell_judge.h"
#include "tests/store/study_fixture.h"

namespace assay {

namespace asking {
inline void PrintTo(const OracleEntry& entry, std::ostream* out) { *out << entry.name; }
}  // namespace asking

namespace {

constexpr std::size_t kQueries = 6;
constexpr std::size_t kModels = 2;

struct Kind {
  const asking::OracleEntry* entry;
  bool pairs;
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.entry->name << (kind.pairs ? " pairs" : " scores");
}

std::vector<Kind> kinds() {
  std::vector<Kind> all;
  for (const asking::OracleEntry& entry : asking::oracles()) {
    all.push_back({&entry, true});
    if (entry.scores) all.push_back({&entry, false});
  }
  return all;
}

// Says what a response begins with: "win", "loss", "3".
double said(const std::string& text) {
  if (text.starts_with("win")) return 1.0;
  if (text.starts_with("loss")) return 0.0;
  return std::stod(text);
}

// A study in which the judge of a row finds what it must say: responses of two models, or scores of one.
class OracleContract : public StudyTest, public testing::WithParamInterface<Kind> {
 protected:
  OracleContract() : study_(path(), store::Study::Mode::create) {
    const auto import = study_.begin_import();
    import->baseline("base", where());
    for (std::size_t q = 0; q < kQueries; ++q) {
      const std::string query = "q" + std::to_string(q);
      import->add(QueryRecord{query, 1, "prompt of " + query, ""}, where(), OnConflict::fail);
      import->add(ResponseRecord{query, "base", 1, "base on " + query}, where(), OnConflict::fail);
      for (std::size_t j = 0; j < kModels; ++j) put(*import, query, j, truth(q, j));
    }
    for (std::size_t q = 0; checks() && q < kQueries; ++q) {
      import->add(LabelRecord{"q" + std::to_string(q), "", "win"}, where(), OnConflict::fail);
    }
    import->commit();
    options_.name = GetParam().entry->name;
    if (checks()) options_.name += ":contains";
    if (GetParam().entry->argument_needed) {
      options_.name += ":" + (GetParam().entry->by_files ? path("batches") : program());
    }
    options_.person = &person_;
    options_.llm.url = "http://judge/v1";
    options_.llm.model = "m";
    options_.llm.client = &http_;
    if (GetParam().entry->looks_only) fill();
  }

  // So that there is something to look at.
  void fill() {
    const bool people = GetParam().entry->name == std::string_view("people");
    options_.name = people ? "person:ann" : "llm";
    const asking::JudgeTask asked = task();
    const auto made = oracle(asked);
    std::vector<asking::Answer> came;
    asking::KeptAnswers(study_, asked, *made).get(asking_all(asked), came);
    options_.name = GetParam().entry->name;
  }

  static Location where() { return {"f", 1}; }
  static std::string model(std::size_t j) { return "m" + std::to_string(j); }
  static bool pairs() { return GetParam().pairs; }
  // By a reference answer: nothing is kept, and nobody is compared with.
  static bool checks() { return GetParam().entry->checks; }

  // "win", "loss", or a score.
  static std::string truth(std::size_t q, std::size_t j) {
    return pairs() ? (q % 3 == j ? "loss" : "win") : std::to_string(1 + (q + j) % 5);
  }

  // The response, and what is on record of it.
  static void put(store::Study::Import& import, const std::string& query, std::size_t j, const std::string& says) {
    const std::string text = says + " of " + model(j) + " on " + query;
    import.add(ResponseRecord{query, model(j), 1, text}, where(), OnConflict::keep_last);
    if (pairs()) {
      import.add(VerdictRecord{query, model(j), "base", "j", 1, said(says)}, where(), OnConflict::keep_last);
    } else {
      import.add(ScoreRecord{query, model(j), "j", 1, 1, said(says)}, where(), OnConflict::keep_last);
    }
  }

  static std::string program() {
    return pairs() ? shell_judge(R"(v=${line#*\"response\":\"}; v=${v%% *}; )" + say("\"verdict\":\"$v\""))
                   : shell_judge(R"(v=${line#*\"response\":\"}; v=${v%% *}; )" + say("\"score\":$v"));
  }

  static MemoryHttp::Answer reply(std::size_t i, const std::string& body) {
    if (!pairs()) return scoring(said)(i, body);
    return judging([](const std::string& a, const std::string& b) {
      const bool base_first = a.starts_with("base");
      const bool win = said(base_first ? b : a) == 1.0;
      return win == base_first ? judge::PairVerdict::b : judge::PairVerdict::a;
    })(i, body);
  }

  // A person who says what the response says: the base has no opinion.
  class ReadingPerson : public asking::Person {
   public:
    asking::PersonReply ask(const asking::PersonQuestion& question) override {
      const bool base_first = question.first.starts_with("base");
      const bool win = said(std::string(base_first ? question.second : question.first)) == 1.0;
      return win == base_first ? asking::PersonReply::second : asking::PersonReply::first;
    }
  };

  static store::ComparisonChoice choice() {
    store::ComparisonChoice choice;
    if (checks()) {
      choice.models = {model(0), model(1)};
    } else {
      choice.baseline = "base";
    }
    return choice;
  }

  asking::JudgeTask task() {
    const bool live = GetParam().entry->live;
    asking::JudgeTask made = pairs() ? asking::JudgeTask(asking::comparison_for(options_, study_, choice()))
                                     : asking::JudgeTask(asking::scoring_for(options_, study_, {}), Scale{1, 5});
    if (live) made.load_texts(study_);
    return made;
  }

  std::unique_ptr<asking::Oracle> oracle(const asking::JudgeTask& task) {
    const auto make = [this, &task] { return asking::make_oracle(options_, {task, study_, 1, kModels}); };
    if (GetParam().entry->by_files) return std::make_unique<AnsweredFiles>(make, path("batches"));
    return make();
  }

  // Whoever has files answered, and gives the same command again.
  class AnsweredFiles : public asking::Oracle {
   public:
    AnsweredFiles(std::function<std::unique_ptr<Oracle>()> make, std::string folder)
        : make_(std::move(make)), oracle_(make_()), folder_(std::move(folder)) {}

    std::string name() const override { return oracle_->name(); }
    std::optional<file::Digest> fingerprint(std::size_t item) const override { return oracle_->fingerprint(item); }
    std::vector<asking::Answer> known(const store::AnswerMark& until) const override {
      return oracle_->known(until);
    }
    asking::AskEnd ask(std::span<const asking::Ask> asks,
                       const std::function<void(const asking::Answer&)>& answered) override {
      std::vector<asking::Ask> open(asks.begin(), asks.end());
      asking::AskEnd end;
      for (int round = 0; round < 5; ++round) {
        const std::vector<asking::Ask> left = open;
        end = oracle_->ask(left, [&](const asking::Answer& answer) {
          open.erase(std::find(open.begin(), open.end(), answer.ask));
          answered(answer);
        });
        if (end.kind != asking::AskEnd::Kind::left) return end;
        answer_files();
        oracle_ = make_();
      }
      return end;
    }

   private:
    void answer_files() const {
      for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        const std::string name = entry.path().filename().string();
        const std::filesystem::path out = folder_ + "/out-" + name;
        if (!name.starts_with("batch-") || std::filesystem::exists(out)) continue;
        std::ifstream requests(entry.path());
        std::string text;
        for (std::string line; std::getline(requests, line);) {
          const auto asked = nlohmann::ordered_json::parse(line);
          const MemoryHttp::Answer answer = reply(0, asked["body"].dump());
          text += nlohmann::json{{"custom_id", asked["custom_id"]},
                                 {"response",
                                  {{"status_code", 200}, {"body", nlohmann::json::parse(answer.reply.body)}}},
                                 {"error", nullptr}}
                      .dump() +
                  "\n";
        }
        std::ofstream(out) << text;
      }
    }

    std::function<std::unique_ptr<Oracle>()> make_;
    std::unique_ptr<Oracle> oracle_;
    std::string folder_;
  };

  // Of a fresh run that keeps answers: every value, and how many were asked for anew.
  struct Asked {
    std::vector<double> values;
    std::size_t anew = 0;
  };
  Asked ask_all() {
    const asking::JudgeTask asked = task();
    const auto made = oracle(asked);
    asking::KeptAnswers answers(study_, asked, *made);
    std::vector<asking::Answer> came;
    answers.get(asking_all(asked), came);
    Asked result;
    for (const asking::Answer& answer : came) result.values.push_back(answer.value);
    result.anew = answers.asked();
    return result;
  }

  static std::vector<asking::Ask> asking_all(const asking::JudgeTask& task) {
    std::vector<asking::Ask> asks;
    for (std::uint32_t item = 0; item < task.size(); ++item) {
      if (task.names(item).model != "base") asks.push_back({item});
    }
    return asks;
  }

  double truth_of(const asking::JudgeTask& task, const asking::Ask& ask) const {
    const asking::JudgeTask::Names names = task.names(ask.item);
    return said(
        truth(static_cast<std::size_t>(names.query[1] - '0'), static_cast<std::size_t>(names.model[1] - '0')));
  }

  ReadingPerson person_;
  MemoryHttp http_{reply};
  store::Study study_;
  asking::OracleOptions options_;
};

TEST_P(OracleContract, AnswersEachAskOnceWithItsOwnValue) {
  const asking::JudgeTask asked = task();
  std::vector<asking::Ask> open = asking_all(asked);
  ASSERT_EQ(open.size(), kQueries * kModels);
  const asking::AskEnd end = oracle(asked)->ask(asking_all(asked), [&](const asking::Answer& answer) {
    const auto at = std::find(open.begin(), open.end(), answer.ask);
    ASSERT_NE(at, open.end()) << "an answer to what was not asked, or a second one";
    open.erase(at);
    EXPECT_EQ(answer.value, truth_of(asked, answer.ask)) << "the answer to another ask";
  });
  EXPECT_EQ(end.kind, asking::AskEnd::Kind::all);
  EXPECT_TRUE(open.empty()) << open.size() << " asks were never answered: a run would wait for them forever";
}

TEST_P(OracleContract, NothingAskedNothingAnswered) {
  const asking::JudgeTask asked = task();
  oracle(asked)->ask({}, [](const asking::Answer&) { ADD_FAILURE() << "an answer without an ask"; });
}

TEST_P(OracleContract, WhatIsOutsideTheTaskIsRefused) {
  const asking::JudgeTask asked = task();
  const asking::Ask outside{static_cast<std::uint32_t>(asked.size())};
  EXPECT_THROW(oracle(asked)->ask({&outside, 1}, [](const asking::Answer&) {}), InvalidArgument);
}

TEST_P(OracleContract, HasOneNameThatStays) {
  const asking::JudgeTask asked = task();
  const auto one = oracle(asked);
  const std::string before = one->name();
  EXPECT_FALSE(before.empty()) << "kept answers are found by this name";
  one->ask(asking_all(asked), [](const asking::Answer&) {});
  EXPECT_EQ(one->name(), before);
  EXPECT_EQ(oracle(asked)->name(), before) << "a second run would pay again for answers that are kept";
}

TEST_P(OracleContract, ItsKeptKeysAreToldInWords) {
  const asking::JudgeTask asked = task();
  const auto one = oracle(asked);
  if (!one->fingerprint(0)) GTEST_SKIP() << "keeps no answers";
  EXPECT_NE(asking::oracle_title(one->name()), one->name());
}

// An answer counts for what was shown. Recorded judgements are read each time, and cost nothing.
TEST_P(OracleContract, WhatIsUnchangedIsAskedOnce) {
  const Asked first = ask_all();
  // Of files, answers are known when they are concluded.
  const bool known = GetParam().entry->looks_only || GetParam().entry->by_files;
  EXPECT_EQ(first.anew, known ? 0 : kQueries * kModels);
  const Asked second = ask_all();
  EXPECT_EQ(second.values, first.values);
  if (GetParam().entry->live && !checks()) {
    EXPECT_EQ(second.anew, 0U);
  }
}

TEST_P(OracleContract, AChangedTextOrRecordIsAskedAnew) {
  if (GetParam().entry->looks_only) GTEST_SKIP() << "asks nobody, not even anew";
  Asked before = ask_all();
  const std::string other = pairs() ? (truth(4, 1) == "win" ? "loss" : "win") : truth(4, 1) == "5" ? "1" : "5";
  {
    const auto import = study_.begin_import();
    put(*import, "q4", 1, other);
    import->commit();
  }
  const Asked after = ask_all();
  if (GetParam().entry->live && !GetParam().entry->by_files && !checks()) {
    EXPECT_EQ(after.anew, 1U) << "one text of " << kQueries * kModels << " has changed";
  }
  before.values[4 * kModels + 1] = said(other);
  EXPECT_EQ(after.values, before.values) << "the answer to a text that is no longer there was counted";
}

TEST_P(OracleContract, WhatCameBeforeAFailureStands) {
  const asking::JudgeTask asked = task();
  const auto sound = oracle(asked);
  FailingOracle failing(*sound, 5);
  std::vector<asking::Answer> came;
  EXPECT_THROW(failing.ask(asking_all(asked), [&](const asking::Answer& answer) { came.push_back(answer); }),
               OracleError);
  ASSERT_EQ(came.size(), 5U);
  for (const asking::Answer& answer : came) EXPECT_EQ(answer.value, truth_of(asked, answer.ask));
}

// A run that keeps asking for what is missing ends as if the judge had never failed.
TEST_P(OracleContract, ARunSurvivesAJudgeThatBreaksOff) {
  if (!pairs()) GTEST_SKIP() << "runs over scores are the same loop";
  const asking::JudgeTask asked = task();
  const auto sound = oracle(asked);
  const auto finish = [&](FailingOracle& judge) {
    asking::SelectSetup setup;
    setup.models = asked.comparison().models;
    setup.queries = kQueries;
    setup.strategy = &select::strategy("random");
    setup.budget = asked.size();
    asking::SelectRun run(std::move(setup));
    for (std::vector<asking::Ask> open = run.next(3); !open.empty(); open = run.next(3)) {
      while (!open.empty()) {
        const std::vector<asking::Ask> asks = open;
        try {
          judge.ask(asks, [&](const asking::Answer& answer) {
            open.erase(std::find(open.begin(), open.end(), answer.ask));
            run.take({&answer, 1});
          });
        } catch (const OracleError&) {
          judge.mend(2);
        }
      }
    }
    const asking::SelectReport report = run.report();
    EXPECT_EQ(report.calls, kQueries * kModels) << "a call was billed twice, or left out";
    std::vector<double> rates;
    for (const auto& model : report.models) rates.push_back(model.win_rate);
    return rates;
  };
  FailingOracle steady(*sound, SIZE_MAX);
  FailingOracle shaky(*sound, 1);
  EXPECT_EQ(finish(shaky), finish(steady)) << "failures of the judge changed the result";
}

INSTANTIATE_TEST_SUITE_P(All, OracleContract, testing::ValuesIn(kinds()), [](const auto& kind) {
  return std::string(kind.param.entry->name) + (kind.param.pairs ? "_pairs" : "_scores");
});

}  // namespace
}  // namespace assay

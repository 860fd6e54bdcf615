#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "assay/asking/judge_task.h"
#include "assay/asking/oracle.h"
#include "assay/store/study.h"

namespace assay::asking {

/// The key of a person's verdicts, at a terminal or on a page: "person:3:ann:BASELINE".
std::string person_key(std::string_view name, std::string_view baseline);
/// The key of what people say together, as one judge: "people:0::BASELINE".
std::string people_key(std::string_view baseline);

/// Whether the model's response to the query is shown first: drawn from the seed and these names.
bool shown_first(std::uint64_t seed, std::string_view query, std::string_view model);
/// The same of an item of a task.
bool shows_model_first(const JudgeTask& task, std::size_t item, std::uint64_t seed);

/// An answer that a study keeps of a judge of pairs, for the texts as they are now.
struct KeptPair {
  std::uint32_t item = 0;
  double value = 0;         ///< NaN: failed, or skipped.
  std::int64_t number = 0;  ///< As store::KeptAnswer.
};

/// Answers under any oracle's name that concern a task, as far as what was shown is what is shown now. Finds pairs
/// by names, which takes some memory: not for keeping.
class KeptPairs {
 public:
  /// Both must outlive it.
  KeptPairs(const store::Study& study, const JudgeTask& task) : study_(study), task_(task) {}
  /// In the order in which they were given.
  std::vector<KeptPair> of(std::string_view oracle);

 private:
  const store::Study& study_;
  const JudgeTask& task_;
  std::unordered_map<std::string, std::uint32_t> items_;  // by names, filled at the first answer
};

/// What one person said of one pair.
struct Vote {
  std::uint32_t person = 0;  ///< Index into Votes::people.
  double value = 0;          ///< 1 win, 1/2 draw, 0 loss of the model. NaN: skipped.
  std::int64_t number = 0;   ///< As store::KeptAnswer.
};

/// What people said of a task's pairs, as far as the study has it for the texts as they are now.
struct Votes {
  std::vector<std::string> people;  ///< Names; those that were wanted first, then others that voted, sorted.
  std::unordered_map<std::uint32_t, std::vector<Vote>> of_item;  ///< In the order in which they were given.
};

/// `wanted`: people that are listed though they never voted.
Votes votes_of(const store::Study& study, const JudgeTask& task, std::span<const std::string> wanted = {});

/// The value that more of them gave than any other; empty: there is none, or no vote. Skips do not count.
std::optional<double> majority(std::span<const Vote> votes);
/// What they say together: the majority, else a draw; NaN without a vote.
double pooled(std::span<const Vote> votes);

/// Keeps, as verdicts of the judge "people", what votes say that have not been pooled yet: at terminals, or before
/// this study knew raters.
void keep_pooled(store::Study& study, const JudgeTask& task);

/// What people said, pooled, and nobody to ask for the rest: verdicts that stand (a RaterPool kept them under this
/// oracle's name) are for KeptAnswers to find; where there are only votes, they are pooled here. A pair of which
/// nobody could say anything when a run asked is answered so to that run, whatever votes came later.
class PeopleOracle : public Oracle {
 public:
  /// `task` must have its texts and outlive the oracle.
  PeopleOracle(const JudgeTask& task, const store::Study& study);

  std::string name() const override { return people_key(task_.comparison().baseline); }
  std::optional<file::Digest> fingerprint(std::size_t item) const override { return task_.fingerprint(item); }
  /// Ends as `left` where somebody must be asked.
  AskEnd ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) override;
  std::vector<Answer> known(const store::AnswerMark& until) const override;

 private:
  const JudgeTask& task_;
  Votes votes_;
  std::unordered_set<std::uint32_t> stands_;  // items that have an answer under this oracle's name
};

}  // namespace assay::asking

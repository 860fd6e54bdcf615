#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/money.h"
#include "assay/core/records.h"
#include "assay/core/responses.h"
#include "assay/core/rewards.h"
#include "assay/core/verdict.h"
#include "assay/file/digest.h"
#include "assay/store/labelling.h"
#include "assay/store/model_facts.h"
#include "assay/store/scoring.h"

// The study file: what was imported, and every answer that was asked for since. An example of use:
//
//   Study study("mine.assay", Study::Mode::create);
//   const auto import = study.begin_import();
//   import->add(ResponseRecord{"query 1", "model a", 1, "an answer"}, {"answers.csv", 2}, OnConflict::fail);
//   import->commit();
//   const Comparison comparison = study.judgeable({.baseline = "model a"});

#pragma GCC visibility push(default)

namespace assay {
class CallLedger;
}

namespace assay::store {

/// Rows of imported files that are told of: why, how many, and where the first of them stands.
struct ToldRows {
  std::string reason;
  std::size_t count = 0;
  std::string first;  ///< "path:line".
};

/// What a study holds, for `assay info`.
struct StudySummary {
  struct Judge {
    std::string name;
    std::size_t verdicts = 0;     ///< Verdicts with an outcome.
    std::size_t no_verdicts = 0;  ///< Calls that gave none.
    std::size_t scores = 0;
    std::size_t no_scores = 0;
    std::size_t models = 0;                    ///< Models judged.
    std::size_t queries = 0;                   ///< Queries judged.
    std::optional<bool> lower_is_better = {};  ///< Of scores; empty: not known.
    std::optional<double> least = {};          ///< The lowest score that there can be; empty: not known.
    std::optional<double> most = {};
    /// A model that it has not judged, or only in calls that failed, on some of its queries.
    struct Lacking {
      std::string model;
      std::size_t queries = 0;
    };
    std::vector<Lacking> lacking = {};  ///< Those that lack most first.
  };
  /// What it took to make the responses of a model, as far as imports told.
  struct Answering {
    std::string model;
    std::string provider;
    std::size_t responses = 0;
    std::size_t with_tokens = 0;  ///< Of `responses`, those with tokens of the answer; and so on.
    std::size_t with_cost = 0;
    std::size_t with_seconds = 0;
    std::uint64_t tokens_in = 0;
    std::uint64_t tokens_out = 0;
    Money cost;
    double seconds = 0;
  };
  struct Oracle {
    std::string name;
    std::size_t answers = 0;
    std::size_t failed = 0;
  };
  std::size_t schema_version = 0;
  std::size_t queries = 0;
  std::size_t models = 0;
  std::size_t responses = 0;
  std::size_t labels = 0;
  std::size_t text_bytes = 0;            ///< As stored, each distinct text once.
  std::vector<std::string> model_names;  ///< All, sorted.
  std::vector<std::string> tasks;        ///< Distinct, sorted.
  std::vector<std::string> weights;      ///< Names of the queries' weights, sorted.
  std::vector<std::string> baselines;    ///< Opponents, the most frequent first.
  std::vector<ToldRows> imported;        ///< What all imports left out or told, by reason.
  std::vector<std::string> warnings;     ///< What would mislead whoever uses the study, for people.
  std::vector<Judge> judges;
  std::vector<Answering> answering;  ///< Models of which something is told, sorted by name.
  std::vector<Oracle> oracles;       ///< Answers that `select` and `allocate` have asked for.
  /// What was paid to one model of one endpoint.
  struct Spending {
    std::string url;
    std::string model;
    std::size_t calls = 0;
    std::vector<std::size_t> by_failure;  ///< How many of each judge/call_failure.h; 0 is without failure.
    std::uint64_t tokens_in = 0;          ///< As far as known.
    std::uint64_t tokens_out = 0;
    Money certain;                  ///< Billed.
    Money possible;                 ///< Beyond that, at most.
    std::size_t without_price = 0;  ///< Calls that are not in these sums.
  };
  std::vector<Spending> spending;
  Money lost;  ///< What was under way, at most, when runs were killed.
};

/// What the reward of a model's response to a query is.
enum class Measure : std::uint8_t {
  win_rate,    ///< Against a baseline: 1 a win, 1/2 a draw, 0 a loss.
  preference,  ///< Against a baseline, by degree: the verdict as it is, in [0, 1].
  score,       ///< A judge's score, as a share of its scale. No baseline.
  accuracy,    ///< 1 right, 0 wrong. No baseline.
};

/// "win-rate", "preference", "score" or "accuracy".
std::string_view name(Measure measure);

/// What each query is worth in a mean.
enum class Average : std::uint8_t {
  queries,  ///< Each query the same, or its weight.
  tasks,    ///< Each task the same: the mean of the tasks' means, as on leaderboards.
};

/// "queries" or "tasks".
std::string_view name(Average average);

/// Of which queries a mean is taken, and what each is worth in it.
struct Averaging {
  std::vector<std::string> tasks = {};  ///< Queries of these alone; empty: all.
  std::string weights = {};             ///< Name of imported weights; empty: all weigh the same.
  Average average = Average::queries;
};

/// Which recorded judgements to compare models by. Where a name is empty the study's only one is taken. If there
/// are several baselines, the one that an import declared is taken. Else an InvalidArgument lists them.
struct ComparisonChoice {
  std::string judge = {};
  std::string baseline = {};  ///< For studies of scores alone it must be named, here or by an import.
  /// Candidates; empty: all that can be compared and were judged on at least 90 % of the queries, a failed call
  /// counting as judged.
  std::vector<std::string> models = {};
  bool without_responses = false;  ///< Keep candidates that have judgements but no responses.
  /// Empty: what the study has. Verdicts, or scores with a baseline: win rates. Scores that are all 0 or 1, or
  /// labels alone: accuracy. Other scores: score.
  std::optional<Measure> measure = {};
  std::optional<Scale> scale = {};  ///< Of scores. Empty: as imports told of the judge, else what the study has.
  std::optional<bool> lower_is_better = {};  ///< Of scores. Empty: as imports told of the judge, else higher is.
  Averaging averaging = {};
  bool thinly_judged = false;  ///< Candidates need no 90 %: one judgement will do.
  /// `models` and the baseline answer when they are asked (`judgeable`): responses, and the models, may be missing.
  bool to_be_answered = false;
  /// Only queries with a reference answer count (`judgeable`).
  bool referenced = false;
};

/// m candidates against one baseline on n queries: names and recorded rewards. Queries and models are sorted
/// by name, so that the same content gives the same table whatever the order of import.
struct Comparison {
  std::vector<std::string> queries;
  std::vector<std::string> models;
  std::string judge;     ///< "labels" where true labels judge.
  std::string baseline;  ///< Empty where the measure needs none.
  Measure measure = Measure::win_rate;
  Scale scale = {};  ///< Of scores: what the rewards 0 and 1 stand for, or 1 and 0 where lower is better.
  bool lower_is_better = false;
  Averaging averaging = {};
  std::vector<double> weights = {};  ///< Of the queries, positive, sum n. Empty: all the same.
  double step = 0.5;                 ///< All rewards are multiples of it; 0: they may be any.
  /// n x m. Verdicts of several turns: sign of the sum over the turns of (value - 1/2). Scores: sign of the mean
  /// over the turns minus the baseline's. None if a turn failed or is missing.
  RewardTable rewards;
  /// Cells of `rewards`, query * m + model, of which the study has no judgement at all, sorted: nobody was asked,
  /// or only about some turns. Where else there is no reward, the call failed.
  std::vector<std::size_t> missing = {};
  std::vector<std::string> notes;  ///< What was left out and why, for people.
};

/// How much worse than the best a model may be.
struct Tolerance {
  double amount = 0;      ///< At least 0: of scores in their own units, else a share of all that there is to win.
  bool of_scale = false;  ///< A share, of scores too: of their scale.

  Tolerance() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a number is a tolerance.
  Tolerance(double value, bool share_of_scale = false) : amount(value), of_scale(share_of_scale) {}
};

/// As a difference of mean rewards, in [0, 1). Throws InvalidArgument if it is none.
double reward_difference(const Tolerance& tolerance, const Comparison& comparison);

/// What a judge of one call looks at. Content of strangers.
struct CallTexts {
  std::string prompt;  ///< Empty if unknown.
  std::optional<std::string> response;
  std::optional<std::string> baseline;  ///< Its response, if there is a baseline.
};

/// What it took to answer one query, as far as imports told; all turns together.
struct AnswerUse {
  bool answered = false;  ///< The study has a response.
  std::size_t bytes = 0;  ///< Of its text.
  std::optional<std::uint64_t> tokens_in = {};
  std::optional<std::uint64_t> tokens_out = {};
  std::optional<double> seconds = {};
  std::optional<double> dollars = {};  ///< That were paid for it, as the import told.
};

/// One answer that was asked for: what somebody said of a model's response to a query.
struct KeptAnswer {
  std::string query;
  std::string model;
  int turn = 0;                       ///< 0: a pair, the response compared with the baseline's.
  std::uint32_t repeat = 0;           ///< The how-manieth call for the same, from 0.
  std::optional<file::Digest> shown;  ///< Of the texts that were judged; empty: kept by an older Assay.
  double value = 0;                   ///< A score; of a pair 1 win, 1/2 draw, 0 loss. NaN: the call failed.
  std::int64_t number = 0;            ///< What is kept later has a larger one. Given by the study.
};

/// What a person said beside a verdict.
struct Remark {
  std::string note = {};                 ///< Free text. Content of strangers.
  std::optional<double> seconds = {};    ///< That they took; empty: not known.
  std::optional<bool> model_first = {};  ///< The model's response was shown first; empty: not known.
  bool empty() const { return note.empty() && !seconds && !model_first; }
};

/// A remark and the pair that it is about.
struct KeptRemark {
  std::string query;
  std::string model;
  std::optional<file::Digest> shown;  ///< As KeptAnswer.
  Remark remark;
};

/// How far a study's answers have come: what is kept later has larger numbers.
struct AnswerMark {
  std::int64_t kept = 0;  ///< Of KeptAnswer.
  std::int64_t paid = 0;  ///< Of PaidCall.
  bool operator==(const AnswerMark&) const = default;
};
/// Of all that there is, whenever it came.
inline constexpr AnswerMark kUntilNow{std::numeric_limits<std::int64_t>::max(),
                                      std::numeric_limits<std::int64_t>::max()};

/// A study file (SQLite). One object is used by one thread at a time. All failures are thrown as Error (the
/// file can't be used) with the path in the message.
class Study {
 public:
  enum class Mode {
    read,               ///< The file must exist; nothing is written, but that a file of an older Assay is migrated.
    write,              ///< The file must exist.
    write_if_possible,  ///< As write; as read where the file or its folder can't be written. See `writable`.
    create,             ///< Made if missing.
  };

  /// Throws Error if the file is missing, not a study, damaged, or made by a newer version.
  Study(const std::string& path, Mode mode);
  ~Study();
  Study(Study&&) noexcept;
  Study& operator=(Study&&) noexcept;

  const std::string& path() const;
  /// False for Mode::read and where write_if_possible found that the file can't be written.
  bool writable() const;
  StudySummary summary() const;

  // --- import ---

  struct ImportCounts {
    std::size_t queries = 0;  ///< New names of queries, whatever record brought them.
    std::size_t responses = 0, verdicts = 0, scores = 0, labels = 0;  ///< New records.
    std::size_t facts = 0;                                            ///< Models with a new size or price.
    std::size_t weights = 0;                                          ///< New weights of queries.
    std::size_t no_verdict = 0, no_score = 0;                         ///< Of these, calls that gave nothing.
    std::size_t repeated = 0;                                         ///< Equal to a record that was there.
    /// Whether anything is new, also what has no count here: texts, tasks and reference answers of queries.
    bool changed = false;
    bool new_study = false;           ///< Nothing was there before: what is repeated is so within the files.
    std::vector<std::string> models;  ///< Of the files, in the order in which they came.
    /// A model whose scores are of another kind than those of all others, which are at least two: what is told of
    /// it. Perhaps it is no model.
    struct OddModel {
      std::string name;
      std::string why;  ///< "its scores go from 3 to 120, those of all others from 0 to 1"
    };
    std::optional<OddModel> odd_model;
    std::vector<ToldRows> dropped;  ///< Rows left out, and conflicts resolved by keep_first or keep_last.
    std::vector<ToldRows> noted;    ///< Rows that were read, of which people should know something.
  };

  /// An import is one transaction: without `commit` nothing of it stays. Must end before the study does.
  class Import : public RecordSink {
   public:
    virtual ImportCounts commit() = 0;
  };
  /// `in_batches`: responses, scores and labels are held against the study some thousand at a time, which is far
  /// faster. A contradiction is then thrown by a later call, `commit` at the latest, still the first of all, and
  /// ends the import.
  std::unique_ptr<Import> begin_import(bool in_batches = false);
  /// Gives `sink` all that imports brought: facts of models and judges, baselines, queries, responses, labels,
  /// verdicts and scores, each sorted by names. Another study that takes them has the same content.
  void give_records(RecordSink& sink) const;
  /// Kinds of records, in the order in which they are given.
  enum class Records : std::uint8_t { models, judges, baselines, queries, responses, labels, verdicts, scores };
  /// Those of one kind alone.
  void give_records(RecordSink& sink, Records kind) const;

  // --- removal ---

  /// What to take out of a study, by names.
  struct Removal {
    std::vector<std::string> models = {};
    std::vector<std::string> judges = {};  ///< Recorded ones.
  };
  struct RemovalCounts {
    std::size_t responses = 0, verdicts = 0, scores = 0, labels = 0;
    std::size_t kept_answers = 0;             ///< Of live judges.
    std::size_t against = 0;                  ///< Of `verdicts`, those of other models against a removed one.
    std::vector<std::string> baselines = {};  ///< Removed models that others were compared with.
    std::vector<std::string> judges = {};     ///< That had said nothing else, and are removed, too.
  };
  /// Removes models with all that is about them, and what judges said, in one transaction. Calls that were paid
  /// stay. Throws InvalidArgument that lists the names if one is not in the study, Error if answers are being asked
  /// for.
  RemovalCounts remove(const Removal& removal);
  /// Names of all models, sorted.
  std::vector<std::string> models() const;

  // --- comparison of models ---

  Comparison comparison(const ComparisonChoice& choice) const;
  /// The same for a judge that is yet to be asked. Every outcome is none, the judge has no name, and
  /// `choice.judge` is not looked at. The baseline is the named one, else the only one that an import declared.
  /// Candidates are the named models, else those that answered at least 90 % of the queries that the baseline
  /// answered. A query has a response of the baseline and of at least one candidate. Where `choice.measure` is
  /// score, there is no baseline, candidates answered at least 90 % of the queries that any model answered, and the
  /// scale is the chosen one. With `choice.to_be_answered`, all queries with a prompt, whoever has answered them.
  Comparison judgeable(const ComparisonChoice& choice) const;
  /// Judges that `comparison` can be asked for, sorted: those with verdicts or scores.
  std::vector<std::string> judges() const;
  /// What it took to make the responses of each model that has some, sorted by name.
  std::vector<StudySummary::Answering> answering() const;
  /// Whether it has a response of a model of this name.
  bool has_responses(const std::string& model) const;
  /// Comparison::weights of queries of these names. Throws InvalidArgument if one of them has none, or no task
  /// where tasks are averaged.
  std::vector<double> weights(const Averaging& averaging, const std::vector<std::string>& queries) const;
  /// Texts in the order of `comparison`; the turns of a response are joined by two newlines.
  ResponseTable responses(const Comparison& comparison) const;
  /// What is compared in each of these calls of `comparison`, in their order; as `prompts` and `responses` have it,
  /// but nothing else is read.
  std::vector<CallTexts> texts(const Comparison& comparison, std::span<const Call> calls) const;
  /// n x (m + 1), a row for each query of `comparison`: its models, and last its baseline.
  std::vector<AnswerUse> answer_uses(const Comparison& comparison) const;
  /// What is known of these models beside their answers, in that order.
  std::vector<ModelFacts> facts(const std::vector<std::string>& models) const;
  /// Prompt texts of the queries of these names, in that order; empty where unknown. Turns are joined by two
  /// newlines.
  std::vector<std::string> prompts(const std::vector<std::string>& queries) const;
  /// Chats of these queries, as QueryRecord::messages, in that order; empty where the prompt is one message.
  std::vector<std::string> chats(const std::vector<std::string>& queries) const;
  /// Reference answers of these queries, in that order, a true label where there is no longer one; empty where
  /// there is neither.
  std::vector<std::string> references(const std::vector<std::string>& queries) const;

  // --- labels and correctness ---

  /// Throws InvalidArgument if the study has no true labels, or no model or task is called as wanted.
  Labelling labelling(const LabelChoice& choice) const;
  /// Throws InvalidArgument likewise, and for scores outside 0 to 1.
  Benchmark benchmark(const CorrectnessChoice& choice) const;

  // --- scores of responses ---

  Scoring scoring(const ScoringChoice& choice) const;
  /// Every response of the study, without scores: for a judge that is yet to be asked.
  Scoring scorable() const;
  /// What is scored, in the order of `scoring.arms`.
  std::vector<ScoredText> texts(const Scoring& scoring) const;
  /// Judges that `scoring` can be asked for, sorted: those with scores, but no reference judges
  /// unless there is no other.
  std::vector<std::string> score_judges() const;

  // --- answers that were asked (and perhaps paid) for ---

  /// Takes the right to ask, until the study is closed, so that nobody pays for the same answer twice. Call it
  /// before `kept_answers`, or another process may ask in between. Error if another process (or object) has the
  /// right, or if the study is not writable. Nothing happens if this one has it.
  void begin_answering();
  /// Whether somebody has that right now, this object or another one. Only looks.
  bool being_answered() const;
  /// Another number as soon as somebody else has changed the file: another object, or another process.
  std::int64_t change_mark() const;
  /// All that `oracle` answered, in the order in which it did; only reads. `oracle` names who is asked, and how.
  std::vector<KeptAnswer> kept_answers(std::string_view oracle) const;
  /// Names of those who gave an answer that is kept, sorted; not of those whose every call failed.
  std::vector<std::string> oracles() const;
  /// Where answers and paid calls stand now.
  AnswerMark answer_mark() const;
  /// In a transaction of its own, safe from a kill of the process when it returns. A failed call may be followed by
  /// others for the same. Error if there is an answer already, or query or model are not in the study. Begins
  /// answering if that has not been done. What a person remarked is kept with it.
  void keep_answer(std::string_view oracle, const KeptAnswer& answer, const Remark& remark = {});
  /// Of a person's key, in the order of queries and models.
  std::vector<KeptRemark> remarks(std::string_view oracle) const;
  /// Keeps what `record.model`, which is added if it is new, answered to a query of the study, safe from a kill as
  /// `keep_answer`; in a CallLedger's group with what it cost. Error if there is a response already.
  void keep_response(const ResponseRecord& record);
  /// Says what was shown, for an answer that an older Assay kept without it.
  void set_shown(std::string_view oracle, const KeptAnswer& answer);
  /// Takes back what was kept, with its remark; nothing if there is no such answer. `answer.value` is not looked
  /// at.
  void forget_answer(std::string_view oracle, const KeptAnswer& answer);

  /// Requests to paid judges, by what was asked. Each is kept in a transaction of its own. Lives as long as the
  /// study; keeping begins answering if that has not been done.
  CallLedger& paid_calls();
  /// Whether a model of an endpoint ever replied.
  bool has_paid_replies(std::string_view url, std::string_view model) const;

  // --- what runs remember ---

  /// Empty: nothing of that name. A text is whatever was given, JSON by custom, and never holds a secret.
  std::optional<std::string> remembered(std::string_view name) const;
  /// In place of what stood there. Error if the study is not writable.
  void remember(std::string_view name, std::string_view text);
  /// All names that begin so, sorted.
  std::vector<std::string> remembered_names(std::string_view begin) const;

  // --- what was computed from the content, kept so as not to compute it twice ---

  /// `key` names the computation and all its parameters. Empty if it was not kept, or if an import changed the
  /// content: since it was kept, or since this object first read the content.
  std::optional<std::string> derived(std::string_view key) const;
  /// Keeps nothing if an import changed the content since this object first read it (`comparison`, `responses`,
  /// `prompts`). The bytes would then come from content that is no longer there.
  void keep_derived(std::string_view key, std::string_view bytes);
  std::vector<std::string> derived_keys() const;

 private:
  friend class StudyLedger;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::store

#pragma GCC visibility pop

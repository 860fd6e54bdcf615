#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assay/asking/judge_task.h"
#include "assay/asking/people.h"
#include "assay/asking/run_ahead.h"
#include "assay/asking/select_run.h"
#include "assay/store/study.h"

namespace assay::asking {

struct RaterPoolOptions {
  std::vector<std::string> raters;  ///< Names, all different, at least one.
  double share_given_twice = 0.2;   ///< Of the pairs, drawn by pair from the seed; with two raters or more.
  std::uint64_t seed = 1;           ///< Of the run: of the order in which answers are shown, too.
  /// What ids of pairs are made with, so that whoever knows the names of models and queries can't tell from an id
  /// which pair it is. The same after a restart. Empty: ids are no secret.
  std::string secret = {};
  /// Who is not heard of for so long has left: what lies with them goes to others, too, and their last vote counts.
  std::chrono::milliseconds patience{120'000};
};

/// What a rater says of a pair as it was shown.
enum class RaterReply : std::uint8_t { first, second, draw, skip };

/// Several people who work at the same time as one judge of a SelectRun. Each pair is put to one rater, some to two
/// on purpose; where two differ a third decides, or it is a draw. What they say together is a verdict of the judge
/// "people" and stands from then on.
///
/// It never blocks and reads no clock. One thread at a time; the run's own work, which may take long, is taken out
/// as a Step and done anywhere:
///
///     RaterPool pool(...);               // or, after a kill, with the same study: it goes on
///     pool.settle();
///     auto desk = pool.look("ann", now);                                   // under a lock
///     pool.vote("ann", desk.pairs[0].id, RaterReply::first, {}, now);      // under a lock
///     if (auto step = pool.step()) { step->work(); pool.take(*step); }     // lock, none, lock
///
/// **The run's verdicts come in the order of its asks** (RunAhead): which pairs it asks for is a function of the
/// verdicts alone, whoever gave them and how fast. So a run that was broken off goes on as if it had not been.
///
/// **A vote is kept in the study before anything else happens.** A rater's last vote can be taken back; it counts
/// for the run only when it can't any more: when the rater votes again, has left, or when others would have nothing
/// to read without it.
class RaterPool {
 public:
  /// Of a clock that never goes back.
  using Time = std::chrono::milliseconds;

  /// All must outlive it, but for the run, which it owns. `run` asks for pairs of `task`, which has its texts, and
  /// knows nothing yet but what it began with. `start`: where it began; verdicts of the judge "people" that the
  /// study got since are the run's. Throws InvalidArgument for options out of range.
  RaterPool(store::Study& study, const JudgeTask& task, std::unique_ptr<SelectRun> run, const RunStart& start,
            RaterPoolOptions options);

  /// Two answers without names. Views into the task.
  struct Pair {
    std::string id;           ///< The same after a restart.
    std::string_view prompt;  ///< Empty if unknown. Content of strangers, as the next.
    std::string_view first;
    std::string_view second;
    std::size_t number = 0;  ///< Of this rater's pairs, from 1.
  };

  struct Progress {
    std::size_t mine = 0;               ///< Votes of the rater, of earlier sittings, too.
    std::size_t all = 0;                ///< Verdicts of the run, those it began with included.
    std::optional<std::size_t> budget;  ///< Verdicts at most; empty: all pairs may be asked for.
    bool decided = false;               ///< Nothing is asked for any more: sure, or the budget is spent.
    bool sure = false;                  ///< The goal is reached.
    std::size_t to_decide = 0;          ///< Probably, of strategies that stop; 0: not known.
  };

  /// What lies before a rater.
  struct Desk {
    std::vector<Pair> pairs;  ///< The one now and those ahead, at most kPairsAhead + 1.
    Progress progress;
    bool can_undo = false;
  };
  static constexpr std::size_t kPairsAhead = 2;

  /// Throws InvalidArgument for nobody of that name, as the next two.
  Desk look(const std::string& rater, Time now);

  enum class Took : std::uint8_t {
    kept,     ///< A new vote; of a pair that others have decided meanwhile, too.
    again,    ///< This rater has said what they think of it: nothing changed.
    no_such,  ///< There is no such pair.
  };
  /// Throws Error if the study can't keep it; then nothing changed.
  Took vote(const std::string& rater, std::string_view id, RaterReply reply, const store::Remark& remark, Time now);
  /// Takes the rater's last vote back, also in the study; the pair is the first of their desk again. False: there
  /// is none that can be taken back.
  bool undo(const std::string& rater, Time now);
  /// To be called now and then: raters who left. True if something may have changed.
  bool tick(Time now);

  /// The run's own work on verdicts that came.
  class Step {
   public:
    /// Takes verdicts and chooses the next pairs. Touches nothing of the pool but its run.
    void work();

   private:
    friend class RaterPool;
    RunAhead* run_ = nullptr;
    std::vector<Answer> answers_;
    std::vector<Ask> asks_;
    Progress progress_;
  };
  /// Empty: there is nothing to do, or a step is under way.
  std::optional<Step> step();
  void take(const Step& step);
  /// Steps until there is nothing to do.
  void settle();
  /// Last votes count from now on: before the end.
  void close();

  /// What is known of the models. Not while a step is under way.
  SelectReport report() const { return run_.run().report(); }
  const SelectRun& run() const { return run_.run(); }     ///< Likewise.
  const Progress& progress() const { return progress_; }  ///< Without `mine`.
  /// Of a rater; throws InvalidArgument for nobody.
  std::size_t verdicts_of(const std::string& rater) const { return raters_[index_of(rater)].votes; }
  /// All votes of the task, of people who are no raters here, too.
  const Votes& votes() const { return votes_; }
  std::span<const std::string> raters() const { return options_.raters; }

 private:
  // A pair that the run has asked for, until it has taken the verdict.
  struct Open {
    Ask ask;
    bool twice = false;                    // by the draw
    std::vector<std::uint32_t> with = {};  // raters before whom it lies
    std::optional<Answer> verdict = {};
  };
  struct Rater {
    std::string key;                         // of their votes in the study
    std::vector<std::uint32_t> queue = {};   // items
    std::optional<std::uint32_t> last = {};  // item of the vote that can be taken back
    std::size_t votes = 0;
    std::size_t handed = 0;  // pairs, since the start
    Time seen{0};
    Time voted{0};
  };

  void set_asks(const std::string& run, std::size_t asks);
  std::uint32_t index_of(const std::string& rater) const;
  std::uint64_t id_number(std::uint32_t item) const;
  std::string id_of(std::uint32_t item) const;
  std::optional<std::uint32_t> item_of(std::string_view id) const;
  bool drawn_twice(std::uint32_t item) const;
  Open* open_of(std::uint32_t item);
  std::span<const Vote> votes_on(std::uint32_t item) const;
  bool has_voted(std::uint32_t rater, std::uint32_t item) const;
  bool may_be_taken_back(std::uint32_t item) const;
  bool somebody_left(std::uint32_t item) const;
  bool wants(const Open& open, std::uint32_t rater) const;
  void consider(Open& open, bool as_it_is);
  void conclude(Open& open, double value);
  void settle_last(std::uint32_t rater);
  void note_owed(std::uint32_t item);
  void add(const Ask& ask);
  void give(std::uint32_t item, std::uint32_t rater);
  void take_from(std::uint32_t item, std::uint32_t rater);
  void clear_desk(std::uint32_t rater);
  std::optional<std::uint32_t> owed_to(std::uint32_t rater);
  std::optional<std::uint32_t> next_for(std::uint32_t rater, Time now);
  void hand_out(std::uint32_t rater, Time now);
  void make_way(std::uint32_t rater, Time now);
  store::KeptAnswer row_of(std::uint32_t item, double value) const;
  Desk desk_of(std::uint32_t rater) const;

  store::Study& study_;
  const JudgeTask& task_;
  RaterPoolOptions options_;
  std::string people_;  // key of the pooled verdicts
  std::unique_ptr<SelectRun> selection_;
  RunAhead run_;
  Votes votes_;
  std::vector<Rater> raters_;
  std::deque<Open> open_;                             // in the order of the run's asks
  std::unordered_map<std::uint32_t, double> stands_;  // verdicts that the study has, NaN: nobody could say
  std::vector<std::uint32_t> owed_;                   // drawn for two, and decided by one: nobody else was there
  std::vector<std::pair<std::uint64_t, std::uint32_t>> ids_;  // sorted
  Progress progress_;
  std::size_t known_ = 0;    // verdicts that the run began with
  std::int64_t number_ = 0;  // of the last vote
  bool started_ = false;
  bool step_under_way_ = false;
};

}  // namespace assay::asking

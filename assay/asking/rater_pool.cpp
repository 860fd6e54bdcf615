#include "assay/asking/rater_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/file/digest.h"

namespace assay::asking {
namespace {

constexpr double kNobodyCouldSay = std::numeric_limits<double>::quiet_NaN();

// Asks that are out for each of several raters: what lies before them, the vote that they may take back, and as
// much again, so that nobody waits for whoever reads slowly.
constexpr std::size_t kAsksOfOne = RaterPool::kPairsAhead + 2;
constexpr std::size_t kAsksOfEach = 2 * kAsksOfOne;
// Without a pair to read, a rater can take the last vote back for so long.
constexpr std::chrono::milliseconds kSecondThought{10'000};

// For draws that depend on a pair alone, of different kinds.
std::uint64_t draw_of(const JudgeTask& task, std::uint32_t item, std::uint64_t seed, std::uint64_t kind) {
  const JudgeTask::Names names = task.names(item);
  return mix64(mix64(mix64(seed + kind * kGoldenGamma) ^ fnv1a(names.query)) ^ fnv1a(names.model));
}

constexpr std::uint64_t kDrawTwice = 3;

void check(const RaterPoolOptions& options) {
  if (options.raters.empty()) throw InvalidArgument("`raters` names nobody: expected at least one name");
  const std::set<std::string> names(options.raters.begin(), options.raters.end());
  if (names.size() != options.raters.size()) throw InvalidArgument("`raters` has a name twice");
  if (!(options.share_given_twice >= 0 && options.share_given_twice <= 1)) {
    throw InvalidArgument(fmt::format("`rater_share` must be from 0 to 1, came {}", options.share_given_twice));
  }
  if (options.patience.count() <= 0) throw InvalidArgument("the patience with raters must be positive");
}

bool has_value(const Vote& vote) { return !std::isnan(vote.value); }

}  // namespace

RaterPool::RaterPool(store::Study& study, const JudgeTask& task, std::unique_ptr<SelectRun> run,
                     const RunStart& start, RaterPoolOptions options)
    : study_(study),
      task_(task),
      options_(std::move(options)),
      people_(people_key(task.comparison().baseline)),
      selection_(std::move(run)),
      run_(*selection_, asks_ahead(study, start.name)) {
  check(options_);
  const std::size_t asks = options_.raters.size() == 1 ? kAsksOfOne : kAsksOfEach * options_.raters.size();
  if (asks_ahead(study, start.name).empty()) set_asks(start.name, asks);
  votes_ = votes_of(study, task, options_.raters);
  number_ = study.answer_mark().kept;
  for (const KeptPair& one : KeptPairs(study, task).of(people_)) {
    if (!std::isnan(one.value) || one.number > start.mark.kept) stands_[one.item] = one.value;
  }
  for (const std::string& name : options_.raters) {
    raters_.push_back({.key = person_key(name, task.comparison().baseline)});
  }
  std::vector<std::int64_t> latest(raters_.size(), start.mark.kept);
  for (const auto& [item, votes] : votes_.of_item) {
    for (const Vote& vote : votes) {
      if (vote.person >= raters_.size()) continue;
      if (has_value(vote)) ++raters_[vote.person].votes;
      if (vote.number <= latest[vote.person]) continue;
      latest[vote.person] = vote.number;
      raters_[vote.person].last = item;
    }
  }
  for (Rater& rater : raters_) {
    if (rater.last && stands_.contains(*rater.last)) rater.last.reset();
  }
  for (const auto& [item, value] : stands_) note_owed(item);
  std::ranges::sort(owed_);
  for (std::uint32_t item = 0; item < task.size(); ++item) {
    ids_.emplace_back(id_number(item), item);
  }
  std::ranges::sort(ids_);
  const auto& tallies = run_.run().selection().tallies();
  for (std::size_t j = 0; j < task.comparison().models.size(); ++j) known_ += tallies[j].calls();
  progress_.all = known_;
  if (run_.run().calls_left() < task.size()) progress_.budget = known_ + run_.run().calls_left();
  // As the run went, as far as verdicts go; from there on for these raters.
  settle();
  if (run_.asks_now() == asks) return;
  set_asks(start.name, asks);
  started_ = false;
  settle();
}

void RaterPool::set_asks(const std::string& run, std::size_t asks) {
  run_.set_asks(asks);
  remember_asks_ahead(study_, run, {run_.taken(), asks});
}

std::uint32_t RaterPool::index_of(const std::string& rater) const {
  const auto found = std::ranges::find(options_.raters, rater);
  if (found == options_.raters.end()) throw InvalidArgument("no rater is called " + quoted(rater));
  return static_cast<std::uint32_t>(found - options_.raters.begin());
}

std::uint64_t RaterPool::id_number(std::uint32_t item) const {
  const JudgeTask::Names names = task_.names(item);
  const std::string seed = std::to_string(options_.seed);
  const std::array<std::string_view, 4> parts = {options_.secret, seed, names.query, names.model};
  const file::Digest digest = file::digest(parts);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8U | static_cast<unsigned char>(digest[i]);
  return number;
}

std::string RaterPool::id_of(std::uint32_t item) const { return fmt::format("{:016x}", id_number(item)); }

std::optional<std::uint32_t> RaterPool::item_of(std::string_view id) const {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number, 16);
  if (error != std::errc() || end != id.data() + id.size() || id.size() != 16) return std::nullopt;
  const auto found = std::ranges::lower_bound(ids_, number, {}, &std::pair<std::uint64_t, std::uint32_t>::first);
  if (found == ids_.end() || found->first != number) return std::nullopt;
  return found->second;
}

bool RaterPool::drawn_twice(std::uint32_t item) const {
  constexpr double kTo = 1.0 / 9007199254740992.0;  // 2^-53
  const std::uint64_t draw = draw_of(task_, item, options_.seed, kDrawTwice) >> 11U;
  return raters_.size() > 1 && static_cast<double>(draw) * kTo < options_.share_given_twice;
}

RaterPool::Open* RaterPool::open_of(std::uint32_t item) {
  const auto found = std::ranges::find(open_, item, [](const Open& open) { return open.ask.item; });
  return found == open_.end() ? nullptr : &*found;
}

std::span<const Vote> RaterPool::votes_on(std::uint32_t item) const {
  const auto found = votes_.of_item.find(item);
  if (found == votes_.of_item.end()) return {};
  return found->second;
}

bool RaterPool::has_voted(std::uint32_t rater, std::uint32_t item) const {
  return std::ranges::any_of(votes_on(item), [&](const Vote& vote) { return vote.person == rater; });
}

bool RaterPool::may_be_taken_back(std::uint32_t item) const {
  return std::ranges::any_of(raters_, [&](const Rater& rater) { return rater.last == item; });
}

bool RaterPool::somebody_left(std::uint32_t item) const {
  for (std::uint32_t rater = 0; rater < raters_.size(); ++rater) {
    if (!has_voted(rater, item)) return true;
  }
  return false;
}

bool RaterPool::wants(const Open& open, std::uint32_t rater) const {
  if (open.verdict || has_voted(rater, open.ask.item)) return false;
  if (std::ranges::find(open.with, rater) != open.with.end()) return false;
  const std::span<const Vote> votes = votes_on(open.ask.item);
  const auto count = static_cast<std::size_t>(std::ranges::count_if(votes, has_value));
  const std::size_t wanted = count >= 2 && !majority(votes) ? 3 : open.twice ? 2 : 1;
  return open.with.size() + count < wanted;
}

// `as_it_is`: whoever could still say something is not waited for.
void RaterPool::consider(Open& open, bool as_it_is) {
  const std::uint32_t item = open.ask.item;
  if (open.verdict || may_be_taken_back(item)) return;
  const std::span<const Vote> votes = votes_on(item);
  const auto count = static_cast<std::size_t>(std::ranges::count_if(votes, has_value));
  if (!as_it_is && somebody_left(item)) {
    if (count < (open.twice ? 2U : 1U) || (count < 3 && !majority(votes))) return;
  }
  conclude(open, pooled(votes));
}

void RaterPool::conclude(Open& open, double value) {
  const std::uint32_t item = open.ask.item;
  study_.keep_answer(people_, row_of(item, value));
  stands_[item] = value;
  open.verdict = Answer{open.ask, value};
  for (std::uint32_t rater = 0; rater < raters_.size(); ++rater) {
    if (!raters_[rater].queue.empty() && raters_[rater].queue.front() == item) continue;  // is being read
    take_from(item, rater);
  }
  note_owed(item);
}

// Drawn for two raters, and one has said what stands.
void RaterPool::note_owed(std::uint32_t item) {
  if (!drawn_twice(item)) return;
  const std::span<const Vote> votes = votes_on(item);
  if (votes.size() == 1 && has_value(votes.front())) owed_.push_back(item);
}

void RaterPool::settle_last(std::uint32_t rater) {
  if (!raters_[rater].last) return;
  const std::uint32_t item = *raters_[rater].last;
  raters_[rater].last.reset();
  if (Open* open = open_of(item)) consider(*open, false);
}

store::KeptAnswer RaterPool::row_of(std::uint32_t item, double value) const {
  const JudgeTask::Names names = task_.names(item);
  return {std::string(names.query), std::string(names.model), 0, 0, task_.fingerprint(item), value};
}

// An ask of the run, with what is there already.
void RaterPool::add(const Ask& ask) {
  Open& open = open_.emplace_back(Open{.ask = ask, .twice = drawn_twice(ask.item)});
  if (const auto stands = stands_.find(ask.item); stands != stands_.end()) {
    open.verdict = Answer{ask, stands->second, true};
  } else if (!task_.complete(ask.item)) {
    open.verdict = Answer{ask, kNobodyCouldSay, true, true};
  } else if (!votes_on(ask.item).empty()) {
    consider(open, false);
  }
}

void RaterPool::give(std::uint32_t item, std::uint32_t rater) {
  raters_[rater].queue.push_back(item);
  ++raters_[rater].handed;
  if (Open* open = open_of(item)) open->with.push_back(rater);
}

void RaterPool::take_from(std::uint32_t item, std::uint32_t rater) {
  std::erase(raters_[rater].queue, item);
  if (Open* open = open_of(item)) std::erase(open->with, rater);
}

void RaterPool::clear_desk(std::uint32_t rater) {
  const std::vector<std::uint32_t> queue = raters_[rater].queue;
  for (const std::uint32_t item : queue) take_from(item, rater);
}

// One in as many as are drawn for two, so that these do not come in a row.
std::optional<std::uint32_t> RaterPool::owed_to(std::uint32_t rater) {
  if (owed_.empty() || !(options_.share_given_twice > 0)) return std::nullopt;
  const auto every = static_cast<std::size_t>(std::lround(std::min(1e6, 1 / options_.share_given_twice)));
  if (raters_[rater].handed % (every + 1) != every) return std::nullopt;
  const auto found = std::ranges::find_if(owed_, [&](std::uint32_t item) { return !has_voted(rater, item); });
  if (found == owed_.end()) return std::nullopt;
  const std::uint32_t item = *found;
  owed_.erase(found);
  return item;
}

std::optional<std::uint32_t> RaterPool::next_for(std::uint32_t rater, Time now) {
  if (const std::optional<std::uint32_t> owed = owed_to(rater)) return owed;
  for (const Open& open : open_) {
    if (wants(open, rater)) return open.ask.item;
  }
  if (!raters_[rater].queue.empty()) return std::nullopt;
  // Nothing to read: what lies with others.
  for (Open& open : open_) {
    const std::uint32_t item = open.ask.item;
    if (open.verdict || has_voted(rater, item) || open.with.empty()) continue;
    const std::uint32_t holder = open.with.front();
    if (raters_[holder].queue.front() != item) {
      take_from(item, holder);
      return item;
    }
    if (now - raters_[holder].seen > options_.patience / 4) return item;  // to both: the first one's vote counts
  }
  return std::nullopt;
}

void RaterPool::hand_out(std::uint32_t rater, Time now) {
  if (progress_.decided) return;
  while (raters_[rater].queue.size() <= kPairsAhead) {
    const std::optional<std::uint32_t> item = next_for(rater, now);
    if (!item) break;
    give(*item, rater);
  }
  if (raters_[rater].queue.size() < 2) make_way(rater, now);
}

// Somebody has next to nothing to read: votes that may be taken back count, and the oldest pair that waits for
// people who are not here waits no longer. The run then asks for more.
void RaterPool::make_way(std::uint32_t rater, Time now) {
  for (std::uint32_t other = 0; other < raters_.size(); ++other) {
    if (other != rater) settle_last(other);
  }
  for (Open& open : open_) {
    const std::uint32_t item = open.ask.item;
    if (open.verdict) continue;
    if (may_be_taken_back(item) || !open.with.empty()) return;
    const bool any = std::ranges::any_of(votes_on(item), has_value);
    const auto may_come = [&](std::uint32_t other) {
      return !has_voted(other, item) && now - raters_[other].seen <= options_.patience;
    };
    for (std::uint32_t other = 0; !any && other < raters_.size(); ++other) {
      if (may_come(other)) return;
    }
    consider(open, true);
    return;
  }
}

RaterPool::Desk RaterPool::desk_of(std::uint32_t rater) const {
  const Rater& of = raters_[rater];
  Desk desk{{}, progress_, of.last.has_value()};
  desk.progress.mine = of.votes;
  for (const std::uint32_t item : of.queue) {
    const JudgeTask::Texts texts = task_.texts(item);
    const bool model_first = shows_model_first(task_, item, options_.seed);
    desk.pairs.push_back({id_of(item), texts.prompt, model_first ? texts.response : texts.baseline,
                          model_first ? texts.baseline : texts.response, of.votes + desk.pairs.size() + 1});
  }
  return desk;
}

RaterPool::Desk RaterPool::look(const std::string& rater, Time now) {
  const std::uint32_t index = index_of(rater);
  raters_[index].seen = now;
  tick(now);
  hand_out(index, now);
  return desk_of(index);
}

RaterPool::Took RaterPool::vote(const std::string& name, std::string_view id, RaterReply reply,
                                const store::Remark& remark, Time now) {
  const std::uint32_t index = index_of(name);
  Rater& rater = raters_[index];
  rater.seen = now;
  const std::optional<std::uint32_t> item = item_of(id);
  if (!item) return Took::no_such;
  if (has_voted(index, *item)) return Took::again;
  const bool for_model = (reply == RaterReply::first) == shows_model_first(task_, *item, options_.seed);
  const double value = reply == RaterReply::skip   ? kNobodyCouldSay
                       : reply == RaterReply::draw ? 0.5
                       : for_model                 ? 1.0
                                                   : 0.0;
  store::Remark with_order = remark;
  with_order.model_first = shows_model_first(task_, *item, options_.seed);
  study_.keep_answer(rater.key, row_of(*item, value), with_order);
  votes_.of_item[*item].push_back({index, value, ++number_});
  if (reply != RaterReply::skip) ++rater.votes;
  std::erase(owed_, *item);
  take_from(*item, index);
  settle_last(index);
  rater.last = *item;
  rater.voted = now;
  tick(now);
  hand_out(index, now);
  return Took::kept;
}

bool RaterPool::undo(const std::string& name, Time now) {
  const std::uint32_t index = index_of(name);
  Rater& rater = raters_[index];
  rater.seen = now;
  if (!rater.last) return false;
  const std::uint32_t item = *rater.last;
  study_.forget_answer(rater.key, row_of(item, 0));
  std::vector<Vote>& votes = votes_.of_item[item];
  const auto vote = std::ranges::find(votes, index, &Vote::person);
  if (has_value(*vote)) --rater.votes;
  votes.erase(vote);
  rater.last.reset();
  while (rater.queue.size() > kPairsAhead) take_from(rater.queue.back(), index);
  rater.queue.insert(rater.queue.begin(), item);
  if (Open* open = open_of(item)) open->with.push_back(index);
  return true;
}

bool RaterPool::tick(Time now) {
  bool changed = false;
  for (std::uint32_t index = 0; index < raters_.size(); ++index) {
    Rater& rater = raters_[index];
    const bool gone = now - rater.seen > options_.patience;
    if (gone) {
      changed = changed || !rater.queue.empty();
      clear_desk(index);
    }
    if (rater.last && (gone || (rater.queue.empty() && now - rater.voted > kSecondThought))) {
      settle_last(index);
      changed = true;
    }
  }
  return changed;
}

void RaterPool::Step::work() {
  run_->ask(asks_);
  for (const Answer& answer : answers_) {
    if (run_->ended()) break;
    run_->take(answer);
    run_->ask(asks_);
  }
  const SelectRun& of = run_->run();
  progress_.sure = of.decided();
  progress_.decided = run_->ended() || run_->out() == 0;
  const select::Decision* decision = of.selection().decision();
  progress_.to_decide = decision != nullptr && !progress_.decided ? decision->calls_to_decide() : 0;
}

std::optional<RaterPool::Step> RaterPool::step() {
  if (step_under_way_ || progress_.decided) return std::nullopt;
  Step step;
  step.run_ = &run_;
  for (const Open& open : open_) {
    if (!open.verdict) break;
    step.answers_.push_back(*open.verdict);
  }
  if (step.answers_.empty() && started_) return std::nullopt;
  started_ = step_under_way_ = true;
  return step;
}

void RaterPool::take(const Step& step) {
  step_under_way_ = false;
  const std::size_t calls = run_.taken();
  while (open_.size() + step.asks_.size() > run_.out() && !open_.empty()) open_.pop_front();
  for (const Ask& ask : step.asks_) add(ask);
  progress_.sure = step.progress_.sure;
  progress_.decided = step.progress_.decided;
  progress_.to_decide = step.progress_.to_decide;
  progress_.all = known_ + calls;
  if (!progress_.decided) return;
  for (std::uint32_t rater = 0; rater < raters_.size(); ++rater) clear_desk(rater);
}

void RaterPool::settle() {
  while (std::optional<Step> next = step()) {
    next->work();
    take(*next);
  }
}

void RaterPool::close() {
  for (std::uint32_t rater = 0; rater < raters_.size(); ++rater) settle_last(rater);
}

}  // namespace assay::asking

#include "assay/asking/command_strategy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/judge/command_line.h"
#include "assay/judge/dialogue.h"

namespace assay::asking {
namespace {

using judge::Dialogue;
using Parsed = nlohmann::json;

constexpr int kStrategyProtocol = 1;
constexpr std::size_t kMostAtATime = 10'000;           // calls of an answer, which stays a line of decent length
constexpr std::uint64_t kSeedBits = (1ULL << 53) - 1;  // what every reader of JSON reads exactly
constexpr double kSumsToOne = 1e-6;                    // a posterior, as programs print it
constexpr double kAHair = 1e-6;                        // relatively; more than Selection takes for equal
constexpr std::size_t kReplyShown = 200;               // bytes

// The processes of one command. A run takes one that is idle, or a new one.
class StrategyPrograms {
 public:
  StrategyPrograms(const std::string& command, judge::ProgramHooks hooks)
      : words_(judge::split_words(command)),
        title_("the strategy's program " + assay::quoted(command)),
        hooks_(std::move(hooks)) {
    if (!hooks_.said) return;
    hooks_.said = [this, said = std::move(hooks_.said)](std::string_view line) {
      const std::lock_guard lock(said_mutex_);
      said(line);
    };
  }

  std::unique_ptr<Dialogue> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Dialogue> one = std::move(idle_.back());
        idle_.pop_back();
        return one;
      }
    }
    return std::make_unique<Dialogue>(words_, title_, hooks_);
  }

  void give_back(std::unique_ptr<Dialogue> one) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(one));
  }

 private:
  std::vector<std::string> words_;
  std::string title_;
  judge::ProgramHooks hooks_;
  std::mutex said_mutex_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Dialogue>> idle_;
};

// 0 .. below - 1; empty: it is no such number.
std::optional<std::size_t> index_in(const Parsed& value, std::size_t below) {
  if (!value.is_number_unsigned()) return std::nullopt;
  const auto number = value.get<std::uint64_t>();
  return number < below ? std::optional<std::size_t>(number) : std::nullopt;
}

// A line that the program was asked, and what it answered.
struct Turn {
  std::string asked;
  std::string said;
  Parsed parsed;  // discarded if it is no JSON

  // A member of the answer; nullptr: there is none.
  const Parsed* member(const char* name) const {
    const auto found = parsed.find(name);  // of what is no object: the end
    return found == parsed.end() ? nullptr : &*found;
  }
};

class CommandStrategy : public select::Strategy {
 public:
  CommandStrategy(std::shared_ptr<StrategyPrograms> programs, const select::Problem& problem)
      : models_(problem.models),
        askable_(problem.models - (problem.baseline ? 1 : 0)),
        pool_(problem.pool),
        asked_(pool_.size() * askable_, false),
        left_(asked_.size()),
        programs_(std::move(programs)) {
    for (std::size_t q = 0; q < pool_.size(); ++q) places_.emplace(index(pool_[q]), q);
    const std::string start = start_line(problem);
    dialogue_ = programs_->take();
    dialogue_->tell(start);
  }
  // One that failed, or is still to answer, is of no use to others.
  ~CommandStrategy() override {
    if (listens_) programs_->give_back(std::move(dialogue_));
  }
  CommandStrategy(const CommandStrategy&) = delete;
  CommandStrategy& operator=(const CommandStrategy&) = delete;

  void propose(std::size_t limit, std::vector<Call>& calls) override {
    const std::size_t most = std::min({limit, left_, kMostAtATime});
    if (most == 0 || ended_) return;
    const Turn turn = take_turn(fmt::format(R"({{"ask":{}}})", most));
    const Parsed* list = turn.member("calls");
    if (list == nullptr || !list->is_array()) refuse(turn, R"(expected {"calls": [[QUERY, MODEL], ...]})");
    if (list->size() > most) {
      refuse(turn, fmt::format("expected {} calls at most, came {}", most, list->size()));
    }
    for (const Parsed& pair : *list) calls.push_back(call_of(pair, turn));
    ended_ = list->empty();
  }

  void observe(std::span<const Verdict> verdicts) override {
    if (verdicts.empty()) return;
    std::string line = R"({"tell":)" + listed(verdicts) + "}";
    dialogue_->tell(line);
    if (!no_opinion_) posterior_.clear();
  }

  std::vector<double> posterior() const override {
    if (posterior_.empty()) ask_posterior();
    return posterior_;
  }

 private:
  // Marks what is known, too.
  std::string start_line(const select::Problem& problem) {
    nlohmann::ordered_json start;
    start["protocol"] = kStrategyProtocol;
    start["models"] = models_;
    start["queries"] = pool_.size();
    start["baseline"] = problem.baseline;
    start["budget"] = nullptr;
    if (problem.budget > 0) start["budget"] = problem.budget;
    start["seed"] = problem.seed & kSeedBits;
    start["weights"] = nullptr;
    if (!problem.weights.empty()) start["weights"] = problem.weights;
    if (problem.names != nullptr) {
      start["model_names"] = problem.names->models;
      if (problem.baseline) start["model_names"].push_back(problem.names->baseline);
      start["query_names"] = nlohmann::ordered_json::array();
      for (const QueryId query : pool_) start["query_names"].push_back(problem.names->queries.at(index(query)));
    }
    std::vector<Verdict> known;
    for (const Verdict& verdict : problem.known) {
      const auto place = places_.find(index(verdict.call.query));
      if (place == places_.end() || index(verdict.call.model) >= askable_) continue;
      if (mark(place->second, index(verdict.call.model))) known.push_back(verdict);
    }
    std::string line = start.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
    line.pop_back();  // the brace, as verdicts are written in one way only
    return R"({"start":)" + line + R"(,"known":)" + listed(known) + "}}";
  }

  // False: it was marked before.
  bool mark(std::size_t query, std::size_t model) {
    const std::size_t cell = query * askable_ + model;
    if (asked_[cell]) return false;
    asked_[cell] = true;
    --left_;
    return true;
  }

  // "[[7,0,1],[7,1,null]]"
  std::string listed(std::span<const Verdict> verdicts) const {
    std::string text = "[";
    for (const Verdict& verdict : verdicts) {
      const std::size_t query = places_.at(index(verdict.call.query));
      text += fmt::format("{}[{},{},", text.size() > 1 ? "," : "", query, index(verdict.call.model));
      text += std::isnan(verdict.reward) ? "null]" : fmt::format("{}]", verdict.reward);
    }
    return text + "]";
  }

  Turn take_turn(std::string line) const {
    listens_ = false;
    Turn turn{std::move(line), {}, {}};
    turn.said = dialogue_->ask(turn.asked);
    listens_ = true;
    turn.parsed = Parsed::parse(turn.said, nullptr, /*allow_exceptions=*/false);
    return turn;
  }

  [[noreturn]] void refuse(const Turn& turn, const std::string& what) const {
    listens_ = false;
    dialogue_->fail(
        fmt::format("{}; asked {}, it said {}", what, turn.asked, assay::quoted(turn.said, kReplyShown)));
  }

  Call call_of(const Parsed& pair, const Turn& turn) {
    const bool two = pair.is_array() && pair.size() == 2;
    const auto query = two ? index_in(pair[0], pool_.size()) : std::nullopt;
    const auto model = two ? index_in(pair[1], askable_) : std::nullopt;
    if (!query || !model) {
      refuse(turn,
             fmt::format("expected [QUERY, MODEL] with a query from 0 to {} and a model from 0 to {}, came {}",
                         pool_.size() - 1, askable_ - 1, shown(pair)));
    }
    if (!mark(*query, *model)) {
      refuse(turn,
             fmt::format("expected calls that are neither known nor were asked for before, came {}", shown(pair)));
    }
    return {pool_[*query], model_id(*model)};
  }

  static std::string shown(const Parsed& value) {
    return assay::quoted(value.dump(-1, ' ', true, Parsed::error_handler_t::replace));
  }

  void ask_posterior() const {
    const Turn turn = take_turn(R"({"best":true})");
    const Parsed* best = turn.member("best");
    const Parsed* posterior = turn.member("posterior");
    if (best == nullptr && posterior == nullptr) {
      refuse(turn, R"(expected {"posterior": [CHANCE, ...]}, {"best": MODEL} or {"best": null})");
    }
    std::vector<double> chances(models_, 1.0 / static_cast<double>(models_));
    if (posterior != nullptr) chances = chances_of(*posterior, turn);
    if (best != nullptr && !best->is_null()) prefer(*best, posterior != nullptr, turn, chances);
    no_opinion_ = posterior == nullptr && best->is_null();
    posterior_ = std::move(chances);
  }

  std::vector<double> chances_of(const Parsed& posterior, const Turn& turn) const {
    std::vector<double> chances;
    double sum = 0;
    for (const Parsed& chance : posterior) {
      // NaN is no JSON and does not come so far.
      if (!chance.is_number() || !(chance.get<double>() >= 0)) break;
      chances.push_back(chance.get<double>());
      sum += chances.back();
    }
    const bool all = posterior.is_array() && chances.size() == posterior.size() && chances.size() == models_;
    if (!all || !(std::abs(sum - 1) <= kSumsToOne)) {
      refuse(turn, fmt::format(R"(expected {} numbers from 0 to 1 that sum to 1 as "posterior", came {}{})",
                               models_, shown(posterior), all ? fmt::format(", whose sum is {:g}", sum) : ""));
    }
    for (double& chance : chances) chance /= sum;
    return chances;
  }

  // A program that names a model says nothing of chances: it is preferred to the others by a hair. Where there are
  // chances, the most probable model is returned, and `best` must not contradict.
  void prefer(const Parsed& best, bool has_chances, const Turn& turn, std::vector<double>& chances) const {
    const auto model = index_in(best, models_);
    if (!model) {
      refuse(turn,
             fmt::format(R"(expected a model from 0 to {} or null as "best", came {})", models_ - 1, shown(best)));
    }
    if (!has_chances) {
      const double rest = static_cast<double>(models_) + kAHair;
      for (double& chance : chances) chance = 1 / rest;
      chances[*model] = (1 + kAHair) / rest;
    } else if (chances[*model] < *std::max_element(chances.begin(), chances.end()) * (1 - kAHair)) {
      refuse(turn, R"(expected the model of the highest "posterior" as "best", came )" + shown(best));
    }
  }

  std::size_t models_;
  std::size_t askable_;  // without the baseline, which is the last
  std::vector<QueryId> pool_;
  std::unordered_map<std::size_t, std::size_t> places_;  // in the pool, by the query's id
  std::vector<bool> asked_;                              // or known
  std::size_t left_;                                     // cells that are neither
  bool ended_ = false;                                   // it wants nothing more
  mutable std::vector<double> posterior_;                // empty: not asked since the last verdicts
  mutable bool no_opinion_ = false;                      // says null: not asked again
  mutable bool listens_ = true;                          // sound, and nothing is to be answered
  std::shared_ptr<StrategyPrograms> programs_;
  std::unique_ptr<Dialogue> dialogue_;
};

// A row whose name lives as long as it does.
struct NamedEntry {
  std::string name;
  select::StrategyEntry entry;
};

}  // namespace

std::shared_ptr<const select::StrategyEntry> command_strategy(const std::string& command,
                                                              const judge::ProgramHooks& hooks) {
  const auto row = std::make_shared<NamedEntry>();
  row->name = "command:" + command;
  row->entry.name = row->name;
  row->entry.help = "a program";
  row->entry.uses_known = true;
  row->entry.told_names = true;
  row->entry.returns = select::ReturnRule::posterior;
  row->entry.make = [programs = std::make_shared<StrategyPrograms>(command, hooks)](
                        const select::Problem& problem, const ParameterValues& /*parameters*/) {
    return std::make_unique<CommandStrategy>(programs, problem);
  };
  return {row, &row->entry};
}

}  // namespace assay::asking

#include "assay/asking/answer_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include "assay/asking/held_comparison.h"
#include "assay/asking/made_up_pairs.h"
#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/parallel.h"
#include "assay/judge/verdict_reader.h"
#include "assay/store/positions.h"

namespace assay::asking {
namespace {

constexpr std::array kReplyKinds{judge::ReplyKind::line, judge::ReplyKind::json};

// Eight bytes at a time, as long prompts are hashed at each request. The same on one machine, which is enough.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = mix64(text.size() + kGoldenGamma);
  for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t))) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof(word));
    hash = (hash ^ word) * kGoldenGamma;
    hash ^= hash >> 32U;
  }
  return mix64(fnv1a(text, hash));
}

std::string_view marker_of(const AnswerBook::Entry& entry) { return {entry.marker, sizeof(entry.marker)}; }

judge::PairVerdict verdict_of(const AnswerBook::Entry& entry, Outcome outcome) {
  if (outcome == Outcome::draw) return judge::PairVerdict::tie;
  return (outcome == Outcome::win) == entry.model_first ? judge::PairVerdict::a : judge::PairVerdict::b;
}

}  // namespace

struct AnswerBook::Keyed {
  std::uint64_t key = 0;
  Entry entry;

  Keyed(const judge::Prompt& prompt, Entry what) : key(hash_of(prompt.text)), entry(what) {
    std::copy_n(prompt.marker.begin(), std::min(prompt.marker.size(), sizeof(entry.marker)), entry.marker);
  }
};

void AnswerBook::add(const std::vector<std::vector<Keyed>>& rows) {
  for (const std::vector<Keyed>& row : rows) {
    for (const Keyed& one : row) {
      if (!entries_.emplace(one.key, one.entry).second) ++ambiguous_;
    }
  }
}

void AnswerBook::add_pairs(const judge::PromptTemplate& prompt, const JudgeTask& task, std::size_t threads) {
  rewards_ = task.comparison().rewards;
  const std::size_t m = rewards_.models();
  std::vector<std::vector<Keyed>> rows(rewards_.queries());
  parallel_for(rows.size(), threads, [&](std::size_t q) {
    for (std::size_t j = 0; j < m; ++j) {
      if (!task.complete(q * m + j)) continue;
      const JudgeTask::Texts texts = task.texts(q * m + j);
      for (const bool first : {true, false}) {
        const judge::PairFields fields{texts.prompt, first ? texts.response : texts.baseline,
                                       first ? texts.baseline : texts.response};
        for (const judge::ReplyKind reply : kReplyKinds) {
          const Entry entry{judge::PromptKind::pair,       reply, first, static_cast<std::uint32_t>(q),
                            static_cast<std::uint32_t>(j), {},    {}};
          rows[q].emplace_back(prompt.render(fields, reply), entry);
        }
      }
    }
  });
  add(rows);
}

void AnswerBook::add_made_up_pairs(const judge::PromptTemplate& prompt) {
  std::vector<Keyed> row;
  for (const MadeUpPair& pair : kMadeUpPairs) {
    for (const bool first : {true, false}) {
      const judge::PairFields fields{pair.query, first ? pair.one : pair.other, first ? pair.other : pair.one};
      const judge::PairVerdict verdict = !pair.one_is_right ? judge::PairVerdict::tie
                                         : first            ? judge::PairVerdict::a
                                                            : judge::PairVerdict::b;
      for (const judge::ReplyKind reply : kReplyKinds) {
        row.emplace_back(prompt.render(fields, reply),
                         Entry{judge::PromptKind::pair, reply, first, 0, 0, {}, verdict});
      }
    }
  }
  add({row});
}

void AnswerBook::add_scores(const judge::PromptTemplate& prompt, const JudgeTask& task, std::size_t threads) {
  scores_ = task.scoring().scores;
  std::vector<std::vector<Keyed>> rows(task.size());
  parallel_for(rows.size(), threads, [&](std::size_t i) {
    const JudgeTask::Texts texts = task.texts(i);
    for (const judge::ReplyKind reply : kReplyKinds) {
      const judge::ScoreFields fields{texts.prompt, texts.response, task.scale().low, task.scale().high};
      const Entry entry{judge::PromptKind::score, reply, false, static_cast<std::uint32_t>(i), 0, {}, {}};
      rows[i].emplace_back(prompt.render(fields, reply), entry);
    }
  });
  add(rows);
}

const AnswerBook::Entry* AnswerBook::find(std::string_view user_message) const {
  const auto found = entries_.find(hash_of(user_message));
  return found == entries_.end() ? nullptr : &found->second;
}

std::string AnswerBook::reply(const Entry& entry, std::uint64_t seed, std::uint32_t nth) const {
  if (entry.kind == judge::PromptKind::score) {
    const double score = recorded_score(scores_, seed, {arm_id(entry.row), nth});
    if (std::isnan(score)) return "I can't score this.";
    return judge::score_reply(score, entry.reply, marker_of(entry));
  }
  if (entry.made_up) return judge::verdict_reply(*entry.made_up, entry.reply, marker_of(entry));
  const Outcome outcome = rewards_.outcome(query_id(entry.row), model_id(entry.model));
  if (outcome == Outcome::none) return "I can't decide.";
  return judge::verdict_reply(verdict_of(entry, outcome), entry.reply, marker_of(entry));
}

std::string AnswerBook::reply_for_first(const Entry& entry) {
  return judge::verdict_reply(judge::PairVerdict::a, entry.reply, marker_of(entry));
}

namespace {

judge::PromptTemplate template_of(judge::PromptKind kind, const std::optional<std::string>& text) {
  return text ? judge::PromptTemplate(kind, *text) : judge::PromptTemplate::standard(kind);
}

void add_verdicts(const AnswerBookRequest& request, store::Study& study, AnswerBookReport& report) {
  JudgeTask task(recorded_comparison(study, request.choice));
  const store::Comparison& comparison = task.comparison();
  if (comparison.baseline.empty())
    throw InvalidArgument(fmt::format("judge {} compared nothing", comparison.judge));
  task.load_texts(study);
  report.book.add_pairs(template_of(judge::PromptKind::pair, request.pair_template), task, request.threads);
  report.notes.push_back(fmt::format("verdicts of judge {} on {} models against {}, {} queries", comparison.judge,
                                     comparison.models.size(), comparison.baseline, comparison.queries.size()));
}

// The responses whose texts are there.
store::Scoring with_texts(const store::Scoring& scoring, std::vector<store::ScoredText>& texts) {
  store::Scoring kept;
  kept.judge = scoring.judge;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].missing) continue;
    kept.arms.push_back(scoring.arms[i]);
    kept.scores.add_arm(scoring.scores.scores(arm_id(i)));
  }
  std::erase_if(texts, [](const store::ScoredText& text) { return text.missing; });
  return kept;
}

double mean_of(std::span<const double> scores) {
  double sum = 0;
  double count = 0;
  for (const double score : scores) {
    if (std::isnan(score)) continue;
    sum += score;
    ++count;
  }
  return sum / count;
}

// Whole responses of several turns, as `select` puts them: the mean of the turns' scores.
void add_whole(const store::Study& study, store::Scoring& scoring, std::vector<store::ScoredText>& texts) {
  std::map<std::pair<std::string, std::string>, std::vector<double>> turns;
  for (std::size_t i = 0; i < scoring.arms.size(); ++i) {
    turns[{scoring.arms[i].query, scoring.arms[i].model}].push_back(mean_of(scoring.scores.scores(arm_id(i))));
  }
  std::erase_if(turns, [](const auto& one) { return one.second.size() < 2; });
  if (turns.empty()) return;
  std::set<std::string> queries;
  std::set<std::string> models;
  for (const auto& [names, means] : turns) {
    queries.insert(names.first);
    models.insert(names.second);
  }
  store::Comparison whole;
  whole.queries.assign(queries.begin(), queries.end());
  whole.models.assign(models.begin(), models.end());
  const ResponseTable responses = study.responses(whole);
  const std::vector<std::string> prompts = study.prompts(whole.queries);
  const store::NamePositions query_at = store::positions(whole.queries);
  const store::NamePositions model_at = store::positions(whole.models);
  for (const auto& [names, means] : turns) {
    const std::size_t query = query_at.at(names.first);
    const ModelId model = model_id(model_at.at(names.second));
    if (!responses.has(query_id(query), model)) continue;
    scoring.arms.push_back({names.first, names.second, 0});
    scoring.scores.add_arm(std::array{mean_of(means)});
    texts.push_back({prompts[query], std::string(responses.at(query_id(query), model)), false});
  }
}

void add_scores(const AnswerBookRequest& request, store::Study& study, AnswerBookReport& report) {
  store::Scoring scoring = study.scoring({.judge = request.choice.judge, .skip_unscored = true});
  const Scale scale = request.scale.value_or(scale_of(scoring));
  check(scale);
  check_scores(scale, scoring);
  std::vector<store::ScoredText> texts = study.texts(scoring);
  add_whole(study, scoring, texts);
  JudgeTask task(with_texts(scoring, texts), scale);
  task.set_texts(std::move(texts));
  report.notes.push_back(fmt::format("scores of judge {} for {} responses, scale {:g} to {:g}", scoring.judge,
                                     task.size(), scale.low, scale.high));
  report.book.add_scores(template_of(judge::PromptKind::score, request.score_template), task, request.threads);
}

// Whether it is open which judge is meant: then both halves would list them all.
bool lacks_judge(const store::Study& study, const std::string& judge) {
  const auto judges = study.summary().judges;
  if (judge.empty()) return judges.size() > 1;
  return std::ranges::find(judges, judge, &store::StudySummary::Judge::name) == judges.end();
}

}  // namespace

AnswerBookReport make_answer_book(const AnswerBookRequest& request) {
  store::Study study(request.study, store::Study::Mode::read);
  AnswerBookReport report;
  std::vector<std::string> problems;
  for (const auto add : {add_verdicts, add_scores}) {
    try {
      add(request, study, report);
    } catch (const InvalidArgument& error) {
      problems.emplace_back(error.what());
    }
  }
  if (report.notes.empty()) {
    const bool same = problems[0] == problems[1] || lacks_judge(study, request.choice.judge);
    const std::string problem = same ? problems[0] : fmt::format("{}; {}", problems[0], problems[1]);
    if (!request.may_be_empty) throw InvalidArgument(problem);
    report.notes.push_back("no judge: " + problem);
    return report;
  }
  if (report.book.prompts() == 0) throw InvalidArgument("the study has no responses, which prompts are made of");
  report.book.add_made_up_pairs(template_of(judge::PromptKind::pair, request.pair_template));
  for (const std::string& problem : problems) report.notes.push_back("left out: " + problem);
  if (report.book.ambiguous() > 0) {
    report.notes.push_back(fmt::format("{} prompts equal another one (the same response twice) and get its answer",
                                       report.book.ambiguous()));
  }
  return report;
}

}  // namespace assay::asking

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/store/study.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

// One key of a response's names; the length keeps two of them apart.
std::string key_of(std::string_view query, std::string_view model, std::int64_t turn) {
  return fmt::format("{}:{}:{}:{}", query.size(), query, turn, model);
}

}  // namespace

std::vector<StoredScore> Study::scores_given(std::string_view oracle, const Scoring& scoring) const {
  std::unordered_map<std::string, std::uint32_t> arms;
  for (std::uint32_t i = 0; i < scoring.arms.size(); ++i) {
    arms.emplace(key_of(scoring.arms[i].query, scoring.arms[i].model, scoring.arms[i].turn), i);
  }
  file::Statement rows = impl_->database.prepare(
      "SELECT q.name, m.name, a.turn, a.repeat, a.value FROM score_answer a JOIN oracle o ON o.id = a.oracle JOIN "
      "query q ON "
      "q.id = a.query JOIN model m ON m.id = a.model WHERE o.name = ?1 ORDER BY a.seq");
  rows.with(oracle);
  std::vector<StoredScore> result;
  while (rows.step()) {
    const auto arm = arms.find(key_of(rows.text(0), rows.text(1), rows.integer(2)));
    if (arm == arms.end()) continue;  // Of another choice of arms.
    const int repeat = rows.integer_in(3, 0, std::numeric_limits<int>::max());
    result.push_back({arm->second, static_cast<std::uint32_t>(repeat), rows.real(4)});
  }
  return result;
}

void Study::keep_score(std::string_view oracle, const Scoring& scoring, const StoredScore& score) {
  if (score.arm >= scoring.arms.size()) {
    throw InvalidArgument(fmt::format("expected an arm below {}, came {}", scoring.arms.size(), score.arm));
  }
  const Scoring::Arm& arm = scoring.arms[score.arm];
  impl_->require_writable();  // Also after the begin: not while an import is under way.
  impl_->begin_answering();
  if (!impl_->keep_score) {
    impl_->keep_score = impl_->database.prepare(
        "INSERT INTO score_answer (oracle, query, model, turn, repeat, value) SELECT o.id, q.id, m.id, ?4, ?5, ?6 "
        "FROM oracle o, query q, model m WHERE o.name = ?1 AND q.name = ?2 AND m.name = ?3 ON CONFLICT DO NOTHING");
  }
  const auto kept = [&] {
    const auto repeat = static_cast<std::int64_t>(score.repeat);
    impl_->keep_score->with(oracle, arm.query, arm.model, arm.turn, repeat, score.value).run();
    return impl_->database.changes() > 0;
  };
  if (kept()) return;
  impl_->oracle_id(oracle);  // The first score of this oracle?
  if (kept()) return;
  throw Error(
      fmt::format("{}: {} has scored query {}, model {} for the {}. time already (or they are not in the study)",
                  escaped(impl_->path), quoted(oracle), quoted(arm.query), quoted(arm.model), score.repeat + 1));
}

}  // namespace assay::store

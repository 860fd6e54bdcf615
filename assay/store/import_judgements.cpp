#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "assay/core/error.h"
#include "assay/store/import_transaction.h"
#include "assay/store/record_checks.h"

namespace assay::store {
namespace {

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

std::string shown(double value) { return std::isnan(value) ? "none" : fmt::format("{}", value); }

RecordLocations::Key key_of(const ScoreRow& row) {
  return {kScore, row.judge, row.model, row.query, row.turn, row.repeat};
}

}  // namespace

void ImportTransaction::take(const JudgeRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.judge, "a judge", where);
  if (record.least >= record.most) {
    throw DataError(where, fmt::format("expected a scale whose least score is below its most, came {} and {}",
                                       record.least, record.most));
  }
  const std::int64_t judge = use_->judges.id(record.judge);
  use_->judge.with(judge).step();
  const auto real = [&](int column) {
    return use_->judge.is_null(column) ? std::numeric_limits<double>::quiet_NaN() : use_->judge.real(column);
  };
  std::optional<bool> lower;
  if (!use_->judge.is_null(0)) lower = use_->judge.integer(0) != 0;
  const JudgeRecord old{record.judge, lower, real(1), real(2)};
  // What is not known stays as it was.
  JudgeRecord now = record;
  if (!now.lower_is_better) now.lower_is_better = old.lower_is_better;
  if (std::isnan(now.least)) now.least = old.least;
  if (std::isnan(now.most)) now.most = old.most;
  const auto agree = [](double a, double b) { return std::isnan(a) || a == b; };
  if (now.lower_is_better == old.lower_is_better && same(now.least, old.least) && same(now.most, old.most)) {
    ++counts_.repeated;
    return;
  }
  const RecordLocations::Key key{kJudge, judge};
  const bool contradicts = (old.lower_is_better && old.lower_is_better != now.lower_is_better) ||
                           !agree(old.least, now.least) || !agree(old.most, now.most);
  const auto what = [&] { return fmt::format("another scale or direction of judge {}", quoted(record.judge)); };
  if (contradicts && !replaces("scale", key, where, conflict, what)) return;
  std::optional<std::int64_t> direction;
  if (now.lower_is_better) direction = *now.lower_is_better ? 1 : 0;
  use_->set_judge.with(judge, direction, now.least, now.most).run();
  locations_.remember(key, where);
  changed_ = true;
}

void ImportTransaction::take(const VerdictRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.query, "a query", where);
  check_name(record.model, "a model", where);
  check_name(record.opponent, "an opponent", where);
  check_name(record.judge, "a judge", where);
  check_count(record.turn, "turn", where);
  if (!std::isnan(record.value) && !(record.value >= 0 && record.value <= 1)) {
    throw DataError(where, fmt::format("expected a verdict from 0 to 1, came {}", record.value));
  }
  const std::int64_t judge = use_->judges.id(record.judge);
  const std::int64_t model = model_of_files(record.model);
  const std::int64_t opponent = model_of_files(record.opponent);
  const std::int64_t query = use_->queries.id(record.query);
  const RecordLocations::Key key{kVerdict, judge, opponent, model, query, record.turn};
  use_->add_verdict.with(judge, opponent, model, query, record.turn, record.value).run();
  if (is_new(key, where)) {
    ++counts_.verdicts;
    counts_.no_verdict += std::isnan(record.value) ? 1 : 0;
    return;
  }
  use_->verdict.with(judge, opponent, model, query, record.turn).step();
  const double old = use_->verdict.real(0);
  if (same(old, record.value)) {
    ++counts_.repeated;
    return;
  }
  const auto what = [&] {
    return fmt::format("verdict {} (before: {}) of judge {} on {} against {}, query {}, turn {}",
                       shown(record.value), shown(old), quoted(record.judge), quoted(record.model),
                       quoted(record.opponent), title(query), record.turn);
  };
  if (replaces("verdict", key, where, conflict, what)) {
    use_->set_verdict.with(judge, opponent, model, query, record.turn, record.value).run();
  }
}

void ImportTransaction::take(const ScoreRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.query, "a query", where);
  check_name(record.model, "a model", where);
  check_name(record.judge, "a judge", where);
  check_count(record.turn, "turn", where);
  check_count(record.repeat, "repeat", where);
  if (std::isinf(record.value)) throw DataError(where, "expected a finite score, came an infinite one");
  const std::int64_t judge = use_->judges.id(record.judge);
  const std::int64_t model = model_of_files(record.model);
  score_kinds_.add(record.model, record.value);
  const std::int64_t query = use_->queries.id(record.query);
  put_or_keep(ScoreRow{judge, model, query, record.turn, record.repeat, record.value}, where, conflict);
}

void ImportTransaction::count(const ScoreRow& row, const Location& where) {
  remember_new(key_of(row), where);
  ++counts_.scores;
  counts_.no_score += std::isnan(row.value) ? 1 : 0;
}

void ImportTransaction::put(const ScoreRow& row, const Location& where, OnConflict conflict) {
  use_->add_score.with(row.judge, row.model, row.query, row.turn, row.repeat, row.value).run();
  if (db_.changes() > 0) return count(row, where);
  use_->score.with(row.judge, row.model, row.query, row.turn, row.repeat).step();
  const double old = use_->score.real(0);
  if (same(old, row.value)) {
    ++counts_.repeated;
    return;
  }
  const auto what = [&] {
    return fmt::format("score {} (before: {}) of judge {} for {}, query {}, turn {}, repeat {}", shown(row.value),
                       shown(old), quoted(use_->judges.name(row.judge)), quoted(use_->models.name(row.model)),
                       quoted(use_->queries.name(row.query)), row.turn, row.repeat);
  };
  if (replaces("score", key_of(row), where, conflict, what)) {
    use_->set_score.with(row.judge, row.model, row.query, row.turn, row.repeat, row.value).run();
  }
}

}  // namespace assay::store

#include <fmt/format.h>

#include <cmath>

#include "assay/core/error.h"
#include "assay/store/import_transaction.h"
#include "assay/store/record_checks.h"

namespace assay::store {
namespace {

constexpr std::int64_t kGold = 0;  // Stands for the model of a true label.

RecordLocations::Key key_of(const ResponseRow& row) { return {kResponse, row.model, row.query, row.turn}; }
RecordLocations::Key key_of(const LabelRow& row) { return {kLabel, row.model, row.query}; }

}  // namespace

void ImportTransaction::take(const ModelRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.model, "a model", where);
  if (record.parameters < 0 || !std::isfinite(record.parameters)) {
    throw DataError(where, fmt::format("expected a positive number of parameters, came {}", record.parameters));
  }
  if (record.price && *record.price < 0) throw DataError(where, "expected a price from 0 on, came a negative one");
  const std::int64_t model = use_->models.id(record.model);
  use_->facts.with(model).step();
  const double parameters = use_->facts.real(0);
  const auto price = use_->facts.is_null(1) ? std::nullopt : std::optional(use_->facts.integer(1));
  const std::string provider(use_->facts.text(2));
  bool news = false;
  const auto take = [&](RecordKind kind, bool known, std::string_view what, const auto& set) {
    const RecordLocations::Key key{kind, model};
    const auto message = [&] { return fmt::format("another {} of model {}", what, quoted(record.model)); };
    news = true;
    if (known && !replaces(what, key, where, conflict, message)) return;
    set();
    locations_.remember(key, where);
    changed_ = true;
  };
  if (record.parameters > 0 && record.parameters != parameters) {
    take(kParameters, parameters > 0, "number of parameters",
         [&] { use_->set_parameters.with(model, record.parameters).run(); });
  }
  // Providers change their prices. Two in one import are still a contradiction.
  const bool price_changed = price && !locations_.may_have({kPrice, model});
  if (record.price && record.price != price && price_changed) {
    take(kPrice, false, "price", [&] { use_->set_price.with(model, *record.price).run(); });
    note("a model has a new price, which counts from now on; what was spent before stays as it was", where);
  } else if (record.price && record.price != price) {
    take(kPrice, price.has_value(), "price", [&] { use_->set_price.with(model, *record.price).run(); });
  }
  if (!record.provider.empty() && record.provider != provider) {
    take(kProvider, !provider.empty(), "provider", [&] { use_->set_provider.with(model, record.provider).run(); });
  }
  if (news) {
    ++counts_.facts;
  } else {
    ++counts_.repeated;
  }
}

void ImportTransaction::take_baseline(std::string_view model, const Location& where) {
  check_name(model, "a baseline", where);
  use_->add_baseline.with(use_->models.id(model)).run();
  if (db_.changes() > 0) changed_ = true;
}

void ImportTransaction::take(const ResponseRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.query, "a query", where);
  check_name(record.model, "a model", where);
  check_count(record.turn, "turn", where);
  check_text(record.text, where);
  const std::int64_t model = model_of_files(record.model);
  const std::int64_t query = use_->queries.id(record.query);
  const std::int64_t text = use_->texts.id(record.text);
  check_took(record.took, where);
  put_or_keep(ResponseRow{model, query, record.turn, text, record.took}, where, conflict);
}

void ImportTransaction::count(const ResponseRow& row, const Location& where) {
  remember_new(key_of(row), where);
  ++counts_.responses;
}

void ImportTransaction::put(const ResponseRow& row, const Location& where, OnConflict conflict) {
  const AnswerCost& took = row.took;
  use_->add_response
      .with(row.model, row.query, row.turn, row.text, took.tokens_in, took.tokens_out, took.cost, took.seconds)
      .run();
  if (db_.changes() > 0) return count(row, where);
  use_->response.with(row.model, row.query, row.turn).step();
  if (use_->response.integer(0) == row.text) {
    ++counts_.repeated;
    return;
  }
  const auto what = [&] {
    return fmt::format("another response of model {} to query {} (turn {})", quoted(use_->models.name(row.model)),
                       title(row.query), row.turn);
  };
  if (replaces("response", key_of(row), where, conflict, what)) {
    use_->set_response
        .with(row.model, row.query, row.turn, row.text, took.tokens_in, took.tokens_out, took.cost, took.seconds)
        .run();
  }
}

void ImportTransaction::take(const LabelRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.query, "a query", where);
  const std::int64_t model = record.model.empty() ? kGold : model_of_files(record.model);
  const std::int64_t query = use_->queries.id(record.query);
  LabelRow row{model, query, std::nullopt};
  if (record.label) row.label.emplace(*record.label);
  // True labels come again with each model, so that most of them are not even a row.
  if (model == kGold) return put(row, where, conflict);
  put_or_keep(std::move(row), where, conflict);
}

void ImportTransaction::count(const LabelRow& row, const Location& where) {
  remember_new(key_of(row), where);
  ++counts_.labels;
}

void ImportTransaction::put(const LabelRow& row, const Location& where, OnConflict conflict) {
  const bool gold = row.model == kGold && row.label;
  if (gold && memo_.has_gold(row.query, *row.label)) {
    ++counts_.repeated;
    return;
  }
  use_->add_label.with(row.model, row.query, row.label).run();
  if (db_.changes() > 0) {
    if (gold) memo_.keep_gold(row.query, *row.label);
    return count(row, where);
  }
  use_->label.with(row.model, row.query).step();
  const bool absent = use_->label.is_null(0);
  if (absent ? !row.label : row.label && *row.label == use_->label.text(0)) {
    ++counts_.repeated;
    if (gold) memo_.keep_gold(row.query, *row.label);
    return;
  }
  if (row.model == kGold) memo_.forget(row.query);
  const std::string old = absent ? "none" : quoted(use_->label.text(0));
  const auto what = [&] {
    return fmt::format("label {} (before: {}) of {} for query {}", row.label ? quoted(*row.label) : "none", old,
                       row.model == kGold ? "the truth" : "model " + quoted(use_->models.name(row.model)),
                       quoted(use_->queries.name(row.query)));
  };
  if (replaces("label", key_of(row), where, conflict, what)) {
    use_->set_label.with(row.model, row.query, row.label).run();
  }
}

}  // namespace assay::store

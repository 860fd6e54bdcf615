#include <atomic>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/money.h"
#include "assay/store/study.h"
#include "python/bridge/arrow.h"
#include "python/bridge/failure.h"

// Each function opens the study, reads what is asked for, and closes it again.

struct AssayTable {
  std::shared_ptr<const assay::bridge::Columns> columns;
  std::string about;
};

namespace assay::bridge {
namespace {

using Json = nlohmann::json;
using Kind = Column::Kind;
using store::Study;

// A sink of which a derived class takes what it is about.
class Taking : public RecordSink {
 public:
  void add(const QueryRecord& /*record*/, const Location& /*where*/, OnConflict /*conflict*/) override {}
  void add(const ModelRecord& /*record*/, const Location& /*where*/, OnConflict /*conflict*/) override {}
  void add(const ResponseRecord& /*record*/, const Location& /*where*/, OnConflict /*conflict*/) override {}
  void add(const JudgeRecord& /*record*/, const Location& /*where*/, OnConflict /*conflict*/) override {}
  void add(const VerdictRecord& /*record*/, const Location& /*where*/, OnConflict /*conflict*/) override {}
  void add(const ScoreRecord& /*record*/, const Location& /*where*/, OnConflict /*conflict*/) override {}
  void add(const LabelRecord& /*record*/, const Location& /*where*/, OnConflict /*conflict*/) override {}
  void baseline(std::string_view /*model*/, const Location& /*where*/) override {}
  void drop(std::string_view /*reason*/, const Location& /*where*/) override {}
  void note(std::string_view /*what*/, const Location& /*where*/) override {}
};

std::int64_t whole(int number) { return number; }

std::optional<double> dollars(const std::optional<std::int64_t>& micros) {
  return micros ? std::optional(Money{*micros}.dollars()) : std::nullopt;
}

// A row for each turn. Weights have a column for each name, filled up where a query has none of that.
class QueryRows : public Taking {
 public:
  explicit QueryRows(Columns& columns)
      : columns_(columns),
        query_(columns.add("query", Kind::text)),
        turn_(columns.add("turn", Kind::int64)),
        prompt_(columns.add("prompt", Kind::text)),
        task_(columns.add("task", Kind::text)),
        options_(columns.add("options", Kind::int64)),
        reference_(columns.add("reference", Kind::text)) {}

  void add(const QueryRecord& record, const Location& /*where*/, OnConflict /*conflict*/) override {
    for (const QueryWeight& one : record.weights) {
      auto found = weights_.find(one.name);
      if (found == weights_.end()) {
        Column& column = columns_.add("weight " + std::string(one.name), Kind::float64);
        found = weights_.emplace(std::string(one.name), &column).first;
      }
      fill(*found->second);
      found->second->add(one.value);
    }
    query_.add(record.query);
    turn_.add(whole(record.turn));
    prompt_.add(record.text);
    task_.add_if(record.task);
    record.options > 0 ? options_.add(whole(record.options)) : options_.add_null();
    reference_.add_if(record.reference);
  }

  void finish() {
    for (const auto& [name, column] : weights_) fill(*column);
  }

 private:
  void fill(Column& column) const {
    while (column.rows() < query_.rows()) column.add_null();
  }

  Columns& columns_;
  Column &query_, &turn_, &prompt_, &task_, &options_, &reference_;
  std::map<std::string, Column*, std::less<>> weights_;
};

class ResponseRows : public Taking {
 public:
  explicit ResponseRows(Columns& columns)
      : query_(columns.add("query", Kind::text)),
        model_(columns.add("model", Kind::text)),
        turn_(columns.add("turn", Kind::int64)),
        response_(columns.add("response", Kind::text)),
        tokens_in_(columns.add("tokens_in", Kind::int64)),
        tokens_out_(columns.add("tokens_out", Kind::int64)),
        cost_(columns.add("cost", Kind::float64)),
        seconds_(columns.add("seconds", Kind::float64)) {}

  void add(const ResponseRecord& record, const Location& /*where*/, OnConflict /*conflict*/) override {
    query_.add(record.query);
    model_.add(record.model);
    turn_.add(whole(record.turn));
    response_.add(record.text);
    tokens_in_.add_if(record.took.tokens_in);
    tokens_out_.add_if(record.took.tokens_out);
    cost_.add_if(dollars(record.took.cost));
    seconds_.add_if(record.took.seconds);
  }

 private:
  Column &query_, &model_, &turn_, &response_, &tokens_in_, &tokens_out_, &cost_, &seconds_;
};

class VerdictRows : public Taking {
 public:
  explicit VerdictRows(Columns& columns)
      : query_(columns.add("query", Kind::text)),
        model_(columns.add("model", Kind::text)),
        opponent_(columns.add("opponent", Kind::text)),
        judge_(columns.add("judge", Kind::text)),
        turn_(columns.add("turn", Kind::int64)),
        verdict_(columns.add("verdict", Kind::float64)) {}

  void add(const VerdictRecord& record, const Location& /*where*/, OnConflict /*conflict*/) override {
    query_.add(record.query);
    model_.add(record.model);
    opponent_.add(record.opponent);
    judge_.add(record.judge);
    turn_.add(whole(record.turn));
    verdict_.add_number(record.value);
  }

 private:
  Column &query_, &model_, &opponent_, &judge_, &turn_, &verdict_;
};

class ScoreRows : public Taking {
 public:
  explicit ScoreRows(Columns& columns)
      : query_(columns.add("query", Kind::text)),
        model_(columns.add("model", Kind::text)),
        judge_(columns.add("judge", Kind::text)),
        turn_(columns.add("turn", Kind::int64)),
        repeat_(columns.add("repeat", Kind::int64)),
        score_(columns.add("score", Kind::float64)) {}

  void add(const ScoreRecord& record, const Location& /*where*/, OnConflict /*conflict*/) override {
    query_.add(record.query);
    model_.add(record.model);
    judge_.add(record.judge);
    turn_.add(whole(record.turn));
    repeat_.add(whole(record.repeat));
    score_.add_number(record.value);
  }

 private:
  Column &query_, &model_, &judge_, &turn_, &repeat_, &score_;
};

class LabelRows : public Taking {
 public:
  explicit LabelRows(Columns& columns)
      : query_(columns.add("query", Kind::text)),
        model_(columns.add("model", Kind::text)),
        label_(columns.add("label", Kind::text)) {}

  void add(const LabelRecord& record, const Location& /*where*/, OnConflict /*conflict*/) override {
    query_.add(record.query);
    model_.add_if(record.model);
    record.label ? label_.add(*record.label) : label_.add_null();
  }

 private:
  Column &query_, &model_, &label_;
};

class JudgeRows : public Taking {
 public:
  explicit JudgeRows(Columns& columns)
      : judge_(columns.add("judge", Kind::text)),
        lower_is_better_(columns.add("lower_is_better", Kind::boolean)),
        least_(columns.add("least", Kind::float64)),
        most_(columns.add("most", Kind::float64)) {}

  void add(const JudgeRecord& record, const Location& /*where*/, OnConflict /*conflict*/) override {
    judge_.add(record.judge);
    lower_is_better_.add_if(record.lower_is_better);
    least_.add_number(record.least);
    most_.add_number(record.most);
  }

 private:
  Column &judge_, &lower_is_better_, &least_, &most_;
};

// All models, also those of which nothing is known but the name.
class ModelFactsByName : public Taking {
 public:
  struct Facts {
    double parameters = 0;
    std::optional<std::int64_t> price;
    std::string provider;
    bool baseline = false;
  };

  void add(const ModelRecord& record, const Location& /*where*/, OnConflict /*conflict*/) override {
    Facts& facts = all[std::string(record.model)];
    facts.parameters = record.parameters;
    facts.price = record.price;
    facts.provider = record.provider;
  }
  void baseline(std::string_view model, const Location& /*where*/) override {
    all[std::string(model)].baseline = true;
  }

  std::map<std::string, Facts> all;
};

template <typename Rows>
void read_rows(const Study& study, Study::Records kind, Columns& columns) {
  Rows rows(columns);
  study.give_records(rows, kind);
}

void read_queries(const Study& study, Columns& columns) {
  QueryRows rows(columns);
  study.give_records(rows, Study::Records::queries);
  rows.finish();
}

void read_models(const Study& study, Columns& columns) {
  ModelFactsByName told;
  study.give_records(told, Study::Records::models);
  study.give_records(told, Study::Records::baselines);
  Column& model = columns.add("model", Kind::text);
  Column& parameters = columns.add("parameters", Kind::float64);
  Column& price = columns.add("price", Kind::float64);
  Column& provider = columns.add("provider", Kind::text);
  Column& baseline = columns.add("baseline", Kind::boolean);
  for (const std::string& name : study.models()) {
    const ModelFactsByName::Facts& facts = told.all[name];
    model.add(name);
    facts.parameters > 0 ? parameters.add(facts.parameters) : parameters.add_null();
    price.add_if(dollars(facts.price));
    provider.add_if(facts.provider);
    baseline.add(facts.baseline);
  }
}

struct TableEntry {
  const char* name;
  void (*read)(const Study& study, Columns& columns);
};

constexpr TableEntry kTables[] = {
    {"queries", read_queries},
    {"models", read_models},
    {"judges", [](const Study& s, Columns& c) { read_rows<JudgeRows>(s, Study::Records::judges, c); }},
    {"responses", [](const Study& s, Columns& c) { read_rows<ResponseRows>(s, Study::Records::responses, c); }},
    {"labels", [](const Study& s, Columns& c) { read_rows<LabelRows>(s, Study::Records::labels, c); }},
    {"verdicts", [](const Study& s, Columns& c) { read_rows<VerdictRows>(s, Study::Records::verdicts, c); }},
    {"scores", [](const Study& s, Columns& c) { read_rows<ScoreRows>(s, Study::Records::scores, c); }},
};

const TableEntry& table_entry(std::string_view name) {
  std::string known;
  for (const TableEntry& entry : kTables) {
    if (entry.name == name) return entry;
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw InvalidArgument("name: expected one of " + known + ", came " + quoted(name));
}

// Names of queries, each once.
class QueryNames : public Taking {
 public:
  explicit QueryNames(Column& names) : names_(names) {}
  void add(const QueryRecord& record, const Location& /*where*/, OnConflict /*conflict*/) override {
    if (record.query == last_) return;
    names_.add(record.query);
    last_ = record.query;
  }

 private:
  Column& names_;
  std::string last_;
};

void fill(Column& column, std::span<const std::string> names) {
  for (const std::string& one : names) column.add(one);
}

void fill(Column& column, std::span<const double> numbers) {
  for (const double one : numbers) column.add(one);
}

std::vector<std::string> names_in(const Json& told, const char* key) {
  return told.contains(key) && !told.at(key).is_null() ? told.at(key).get<std::vector<std::string>>()
                                                       : std::vector<std::string>{};
}

std::string text_in(const Json& told, const char* key) {
  return told.contains(key) && !told.at(key).is_null() ? told.at(key).get<std::string>() : std::string{};
}

template <typename T>
std::optional<T> value_in(const Json& told, const char* key) {
  return told.contains(key) && !told.at(key).is_null() ? std::optional(told.at(key).get<T>()) : std::nullopt;
}

// {"judge", "baseline", "weights", "average": texts, "models", "tasks": lists, "measure": NAME, "scale": [low,
// high], "lower_is_better": bool}; what is missing or null is as the command has it.
store::ComparisonChoice comparison_choice(const Json& told) {
  store::ComparisonChoice choice;
  choice.judge = text_in(told, "judge");
  choice.baseline = text_in(told, "baseline");
  choice.models = names_in(told, "models");
  choice.without_responses = value_in<bool>(told, "without_responses").value_or(false);
  choice.averaging.tasks = names_in(told, "tasks");
  choice.averaging.weights = text_in(told, "weights");
  if (const std::string average = text_in(told, "average"); !average.empty()) {
    if (average != "queries" && average != "tasks") {
      throw InvalidArgument("average: expected queries or tasks, came " + quoted(average));
    }
    choice.averaging.average = average == "tasks" ? store::Average::tasks : store::Average::queries;
  }
  if (const std::string measure = text_in(told, "measure"); !measure.empty()) {
    for (const store::Measure one :
         {store::Measure::win_rate, store::Measure::preference, store::Measure::score, store::Measure::accuracy}) {
      if (measure == name(one)) choice.measure = one;
    }
    if (!choice.measure) {
      throw InvalidArgument("measure: expected win-rate, preference, score or accuracy, came " + quoted(measure));
    }
  }
  if (const auto ends = value_in<std::vector<double>>(told, "scale")) {
    choice.scale = Scale{ends->at(0), ends->at(1)};
    check(*choice.scale);
  }
  choice.lower_is_better = value_in<bool>(told, "lower_is_better");
  return choice;
}

void fill_queries(const store::QuerySet& queries, Columns& columns) {
  fill(columns.add("queries", Kind::text), queries.names);
  fill(columns.add("tasks", Kind::text), queries.tasks);
  Column& task = columns.add("task", Kind::int64);
  for (const std::uint32_t one : queries.task) task.add(static_cast<std::int64_t>(one));
  Column& same_text = columns.add("same_text", Kind::int64);
  for (const std::uint32_t one : queries.same_text) same_text.add(static_cast<std::int64_t>(one));
}

void fill_models(const std::vector<std::string>& models, std::span<const store::ModelFacts> facts,
                 Columns& columns) {
  fill(columns.add("models", Kind::text), models);
  fill(columns.add("prices", Kind::float64), store::costs_of(facts));
  fill(columns.add("parameters", Kind::float64), store::sizes_of(facts));
}

Json about_comparison(const Study& study, const Json& told, Columns& columns) {
  const store::Comparison comparison = study.comparison(comparison_choice(told));
  fill(columns.add("queries", Kind::text), comparison.queries);
  fill(columns.add("models", Kind::text), comparison.models);
  Column& rewards = columns.add("rewards", Kind::float64);
  for (std::size_t q = 0; q < comparison.queries.size(); ++q) {
    for (const std::uint16_t code : comparison.rewards.row(query_id(q))) rewards.add(RewardTable::decoded(code));
  }
  fill(columns.add("weights", Kind::float64), comparison.weights);
  Column& missing = columns.add("missing", Kind::int64);
  for (const std::size_t cell : comparison.missing) missing.add(static_cast<std::int64_t>(cell));
  return {{"judge", comparison.judge},
          {"baseline", comparison.baseline},
          {"measure", name(comparison.measure)},
          {"scale", {comparison.scale.low, comparison.scale.high}},
          {"lower_is_better", comparison.lower_is_better},
          {"notes", comparison.notes}};
}

Json about_correctness(const Study& study, const Json& told, Columns& columns) {
  store::CorrectnessChoice choice;
  choice.models = names_in(told, "models");
  choice.tasks = names_in(told, "tasks");
  choice.judge = text_in(told, "judge");
  choice.right_from = value_in<double>(told, "right_from");
  const store::Benchmark benchmark = study.benchmark(choice);
  fill_queries(benchmark.queries, columns);
  fill_models(benchmark.models, benchmark.facts, columns);
  Column& right = columns.add("right", Kind::float64);
  for (const Correctness cell : benchmark.table.cells()) {
    right.add(cell.score());
  }
  return {{"notes", benchmark.notes}};
}

Json about_labels(const Study& study, const Json& told, Columns& columns) {
  store::LabelChoice choice;
  choice.models = names_in(told, "models");
  choice.tasks = names_in(told, "tasks");
  if (const std::string kind = text_in(told, "kind"); !kind.empty()) {
    if (kind != "classes" && kind != "options") {
      throw InvalidArgument("kind: expected classes or options, came " + quoted(kind));
    }
    choice.kind = kind == "options" ? LabelKind::options : LabelKind::classes;
  }
  const store::Labelling labelling = study.labelling(choice);
  const LabelTable& table = labelling.table;
  fill_queries(labelling.queries, columns);
  fill_models(labelling.models, labelling.facts, columns);
  fill(columns.add("labels", Kind::text), labelling.labels);
  Column& truth = columns.add("truth", Kind::int64);
  Column& offered = columns.add("offered", Kind::int64);
  Column& predictions = columns.add("predictions", Kind::int64);
  for (std::size_t q = 0; q < table.queries(); ++q) {
    truth.add(static_cast<std::int64_t>(table.truth(query_id(q))));
    offered.add(static_cast<std::int64_t>(table.offered(query_id(q))));
    for (std::size_t j = 0; j < table.models(); ++j) {
      const Label label = table.prediction(query_id(q), model_id(j));
      predictions.add(label == kNotRun ? std::int64_t{-1} : static_cast<std::int64_t>(label));
    }
  }
  return {{"kind", table.kind() == LabelKind::options ? "options" : "classes"}, {"notes", labelling.notes}};
}

Json about_responses(const Study& study, const Json& told, Columns& columns) {
  store::Comparison comparison;
  comparison.queries = names_in(told, "queries");
  comparison.models = names_in(told, "models");
  comparison.baseline = text_in(told, "baseline");
  const ResponseTable table = study.responses(comparison);
  Column& texts = columns.add("texts", Kind::text);
  for (std::size_t q = 0; q < table.queries(); ++q) {
    for (std::size_t j = 0; j < table.models(); ++j) {
      if (table.has(query_id(q), model_id(j))) {
        texts.add(table.at(query_id(q), model_id(j)));
      } else {
        texts.add_null();
      }
    }
    table.has_baseline(query_id(q)) ? texts.add(table.baseline(query_id(q))) : texts.add_null();
  }
  return Json::object();
}

std::string described(const Columns& columns, Json about) {
  Json all = Json::array();
  for (const Column& column : columns.all()) {
    all.push_back({{"name", column.name()}, {"kind", name(column.kind())}});
  }
  about["columns"] = std::move(all);
  return about.dump(-1, ' ', true, Json::error_handler_t::replace);
}

// A table that `read` fills; what it returns is told, too.
AssayTable* table_of(const char* path, const std::function<Json(const Study& study, Columns& columns)>& read) {
  std::unique_ptr<AssayTable> table;
  const bool made = guarded([&] {
    const auto columns = std::make_shared<Columns>();
    Json about;
    {
      const Study study(path, Study::Mode::read);
      about = read(study, *columns);
    }
    table = std::make_unique<AssayTable>(AssayTable{columns, described(*columns, std::move(about))});
  });
  return made ? table.release() : nullptr;
}

const char* (*capsule_name)(void*) = nullptr;
void* (*capsule_pointer)(void*, const char*) = nullptr;

template <typename Struct>
void end_capsule(void* capsule) {
  if (capsule_name == nullptr) return;
  const std::unique_ptr<Struct> held(static_cast<Struct*>(capsule_pointer(capsule, capsule_name(capsule))));
  if (held && held->release != nullptr) held->release(held.get());
}

}  // namespace
}  // namespace assay::bridge

AssayTable* assay_table_of_records(const char* study, const char* kind) {
  return assay::bridge::table_of(study, [&](const assay::store::Study& opened, assay::bridge::Columns& columns) {
    assay::bridge::table_entry(kind).read(opened, columns);
    return nlohmann::json::object();
  });
}

AssayTable* assay_table_of_names(const char* study, const char* kind) {
  return assay::bridge::table_of(study, [&](const assay::store::Study& opened, assay::bridge::Columns& columns) {
    assay::bridge::Column& names = columns.add("name", assay::bridge::Column::Kind::text);
    const std::string_view wanted = kind;
    if (wanted == "queries") {
      assay::bridge::QueryNames sink(names);
      opened.give_records(sink, assay::store::Study::Records::queries);
    } else {
      assay::bridge::fill(names, wanted == "models" ? opened.models() : opened.judges());
    }
    return nlohmann::json::object();
  });
}

AssayTable* assay_table_of_comparison(const char* study, const char* choice) {
  return assay::bridge::table_of(study, [&](const assay::store::Study& opened, assay::bridge::Columns& columns) {
    return assay::bridge::about_comparison(opened, nlohmann::json::parse(choice), columns);
  });
}

AssayTable* assay_table_of_correctness(const char* study, const char* choice) {
  return assay::bridge::table_of(study, [&](const assay::store::Study& opened, assay::bridge::Columns& columns) {
    return assay::bridge::about_correctness(opened, nlohmann::json::parse(choice), columns);
  });
}

AssayTable* assay_table_of_labels(const char* study, const char* choice) {
  return assay::bridge::table_of(study, [&](const assay::store::Study& opened, assay::bridge::Columns& columns) {
    return assay::bridge::about_labels(opened, nlohmann::json::parse(choice), columns);
  });
}

AssayTable* assay_table_of_responses(const char* study, const char* choice) {
  return assay::bridge::table_of(study, [&](const assay::store::Study& opened, assay::bridge::Columns& columns) {
    return assay::bridge::about_responses(opened, nlohmann::json::parse(choice), columns);
  });
}

AssayTable* assay_table_of_prompts(const char* study, const char* choice) {
  return assay::bridge::table_of(study, [&](const assay::store::Study& opened, assay::bridge::Columns& columns) {
    const auto queries = nlohmann::json::parse(choice).get<std::vector<std::string>>();
    assay::bridge::fill(columns.add("prompts", assay::bridge::Column::Kind::text), opened.prompts(queries));
    return nlohmann::json::object();
  });
}

void assay_table_free(AssayTable* table) {
  delete table;  // NOLINT(cppcoreguidelines-owning-memory): the caller owned it
}

const char* assay_table_about(AssayTable* table) { return table->about.c_str(); }

void assay_table_column(AssayTable* table, int64_t column, AssayColumn* result) {
  const assay::bridge::Column& one = table->columns->all()[static_cast<std::size_t>(column)];
  *result = {one.values(), one.offsets(), one.valid(), one.rows(), one.nulls()};
}

int64_t assay_tables_alive() { return assay::bridge::Columns::alive(); }

void* assay_arrow_schema_new(AssayTable* table) {
  std::unique_ptr<ArrowSchema> schema;
  const bool made = assay::bridge::guarded([&] { schema = assay::bridge::arrow_schema(*table->columns); });
  return made ? schema.release() : nullptr;
}

void* assay_arrow_stream_new(AssayTable* table) {
  std::unique_ptr<ArrowArrayStream> stream;
  const bool made = assay::bridge::guarded([&] { stream = assay::bridge::arrow_stream(table->columns); });
  return made ? stream.release() : nullptr;
}

void assay_arrow_capsules(const char* (*name)(void*), void* (*pointer)(void*, const char*)) {
  assay::bridge::capsule_name = name;
  assay::bridge::capsule_pointer = pointer;
}

void assay_arrow_schema_end(void* capsule) { assay::bridge::end_capsule<ArrowSchema>(capsule); }
void assay_arrow_stream_end(void* capsule) { assay::bridge::end_capsule<ArrowArrayStream>(capsule); }

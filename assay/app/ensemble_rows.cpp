#include "assay/app/ensemble_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/ensemble/selection_method.h"
#include "assay/ensemble/vote_rule.h"
#include "assay/sim/ensemble_replay.h"
#include "assay/store/name_list.h"
#include "assay/store/study.h"

namespace assay::app {
namespace {

// LabelledRows on which every model was run, and what belongs together among them.
LabelledRows usable_rows(const store::Labelling& labels, std::vector<std::string>& notes) {
  const std::size_t n = labels.table.queries(), m = labels.table.models();
  std::vector<QueryId> rows;
  for (std::size_t q = 0; q < n; ++q) {
    bool run = true;
    for (std::size_t j = 0; j < m && run; ++j) {
      run = labels.table.prediction(query_id(q), model_id(j)) != kNotRun;
    }
    if (run) rows.push_back(query_id(q));
  }
  if (rows.empty()) throw InvalidArgument(fmt::format("none of the {} queries was put to all {} models", n, m));
  if (rows.size() < n) {
    notes.push_back(fmt::format("{} of {} queries left out: not every model was run on them", n - rows.size(), n));
  }
  LabelledRows result{labels.table.rows(rows), {}, {}, {}};
  std::map<std::uint32_t, std::uint32_t> first, number;
  for (const QueryId row : rows) number.emplace(labels.queries.task[index(row)], 0);
  for (auto& [task, position] : number) {
    position = static_cast<std::uint32_t>(result.tasks.size());
    result.tasks.push_back(labels.queries.tasks[task]);
  }
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    result.group.push_back(first.try_emplace(labels.queries.same_text[index(rows[i])], i).first->second);
    result.task.push_back(number.at(labels.queries.task[index(rows[i])]));
  }
  std::size_t repeated = 0;
  for (std::uint32_t i = 0; i < rows.size(); ++i) repeated += result.group[i] != i ? 1 : 0;
  if (repeated > 0) {
    notes.push_back(fmt::format("{} queries repeat another one's text: kept on one side of every split", repeated));
  }
  return result;
}

// Of models that answer alike one is enough: the cheaper one.
bool costs_less(const store::ModelFacts& a, const store::ModelFacts& b) {
  return a.price && b.price && *a.price < *b.price;
}

// A model that says always the same tells nothing; one that says what another says adds nothing.
struct Telling {
  std::vector<std::string> models;  // the others
  std::vector<std::string> constant;
  std::vector<std::pair<std::string, std::string>> alike;  // left out, and like whom
};

Telling telling_models(const store::Labelling& labels, const LabelTable& table) {
  Telling result;
  std::map<std::uint64_t, std::size_t> seen;  // hash of the answers, to the model that is kept
  std::vector<char> kept(table.models(), 0);
  for (std::size_t j = 0; j < table.models(); ++j) {
    const std::span<const Label> column = table.column(model_id(j));
    if (std::all_of(column.begin(), column.end(), [&](Label label) { return label == column[0]; })) {
      result.constant.push_back(labels.models[j]);
      continue;
    }
    kept[j] = 1;
    const std::uint64_t hash = fnv1a({reinterpret_cast<const char*>(column.data()), column.size() * sizeof(Label)});
    const auto [found, fresh] = seen.try_emplace(hash, j);
    if (fresh || !std::ranges::equal(column, table.column(model_id(found->second)))) continue;
    const std::size_t out = costs_less(labels.facts[j], labels.facts[found->second]) ? found->second : j;
    const std::size_t in = out == j ? found->second : j;
    kept[out] = 0;
    found->second = in;
    result.alike.emplace_back(labels.models[out], labels.models[in]);
  }
  for (std::size_t j = 0; j < kept.size(); ++j) {
    if (kept[j] != 0) result.models.push_back(labels.models[j]);
  }
  return result;
}

void note_left_out(const Telling& telling, std::size_t queries, std::vector<std::string>& notes) {
  if (!telling.constant.empty()) {
    notes.push_back(fmt::format("left out, one answer to all {} queries, which tells nothing: {}", queries,
                                store::name_list(telling.constant)));
  }
  for (const auto& [out, in] : telling.alike) {
    notes.push_back(
        fmt::format("left out, the same answers to all {} queries as {}: {}", queries, quoted(in), quoted(out)));
  }
}

void add_new(const std::vector<std::string>& more, std::vector<std::string>& notes) {
  for (const std::string& note : more) {
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  }
}

}  // namespace

void check_choice(const EnsembleChoice& choice) {
  if (choice.size && choice.budget) throw InvalidArgument("expected a size or a budget, came both");
  if (choice.budget && *choice.budget < 0) {
    throw InvalidArgument(fmt::format("the budget must not be negative, came {}", *choice.budget));
  }
  if (!(choice.sure > 0 && choice.sure <= 1)) {
    throw InvalidArgument(fmt::format("`sure` must be above 0 and at most 1, came {:g}", choice.sure));
  }
  ensemble::selection_method(choice.method);
  if (choice.decision != "auto") ensemble::vote_rule(choice.decision);
}

TaskQueries queries_of_task(const LabelledRows& rows, std::uint32_t task) {
  TaskQueries queries;
  for (std::size_t q = 0; q < rows.task.size(); ++q) {
    queries.weights.push_back(rows.task[q] == task ? 1 : sim::kOtherTask);
    if (rows.task[q] == task) queries.own.push_back(query_id(q));
  }
  return queries;
}

UsableLabels usable_labels(const store::Study& study, store::LabelChoice choice, std::vector<std::string>& notes) {
  while (true) {
    store::Labelling labels = study.labelling(choice);
    std::vector<std::string> about = labels.notes;
    LabelledRows rows = usable_rows(labels, about);
    const Telling telling = telling_models(labels, rows.table);
    if (telling.models.size() == labels.models.size()) {
      add_new(about, notes);
      return {std::move(labels), std::move(rows)};
    }
    if (telling.models.empty()) {
      throw InvalidArgument(
          fmt::format("every model gives one answer to all {} queries, which tells nothing", rows.table.queries()));
    }
    add_new(labels.notes, notes);
    note_left_out(telling, rows.table.queries(), notes);
    choice.models = telling.models;
  }
}

LabelledRows without_single_labels(LabelledRows rows, std::vector<std::string>& notes) {
  if (rows.table.kind() == LabelKind::options) return rows;
  std::vector<std::set<Label>> truths(rows.tasks.size());
  for (std::size_t q = 0; q < rows.task.size(); ++q) {
    truths[rows.task[q]].insert(rows.table.truth(query_id(q)));
  }
  std::vector<std::uint32_t> number(rows.tasks.size());
  std::vector<std::string> tasks, left_out;
  for (std::size_t t = 0; t < rows.tasks.size(); ++t) {
    number[t] = static_cast<std::uint32_t>(tasks.size());
    (truths[t].size() > 1 ? tasks : left_out).push_back(rows.tasks[t]);
  }
  if (left_out.empty()) return rows;
  notes.push_back(
      fmt::format("tasks left out, one true label on all their queries: {}", store::name_list(left_out)));
  std::vector<QueryId> kept;
  LabelledRows result{{}, {}, {}, tasks};
  std::map<std::uint32_t, std::uint32_t> first;
  for (std::size_t q = 0; q < rows.task.size(); ++q) {
    if (truths[rows.task[q]].size() < 2) continue;
    const auto position = static_cast<std::uint32_t>(kept.size());
    kept.push_back(query_id(q));
    result.group.push_back(first.try_emplace(rows.group[q], position).first->second);
    result.task.push_back(number[rows.task[q]]);
  }
  result.table = rows.table.rows(kept);
  return result;
}

std::vector<std::int64_t> prices_of(const store::Labelling& labels, bool needed) {
  std::vector<std::int64_t> prices;
  for (std::size_t j = 0; j < labels.models.size(); ++j) {
    if (labels.facts[j].price) {
      prices.push_back(*labels.facts[j].price);
    } else if (needed) {
      throw InvalidArgument("a budget needs the price of every model; the study does not tell that of " +
                            quoted(labels.models[j]));
    }
  }
  return prices;
}

std::size_t most_members(std::vector<std::int64_t> prices, std::int64_t budget) {
  std::sort(prices.begin(), prices.end());
  std::size_t count = 0;
  for (std::int64_t left = budget; count < prices.size() && prices[count] <= left; ++count) left -= prices[count];
  return std::max<std::size_t>(1, count);
}

}  // namespace assay::app

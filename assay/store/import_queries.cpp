#include <fmt/format.h>

#include <array>
#include <cmath>

#include "assay/core/error.h"
#include "assay/store/import_transaction.h"
#include "assay/store/record_checks.h"

namespace assay::store {

void ImportTransaction::fill_new(std::int64_t query, const QueryRecord& record, const Location& where) {
  if (record.task.empty() && record.options == 0) return;
  use_->set_new_query.with(query, record.task, record.options).run();
  if (!record.task.empty()) locations_.remember({kTask, query}, where);
  if (record.options != 0) locations_.remember({kOptions, query}, where);
  changed_ = true;
}

bool ImportTransaction::set_task(std::int64_t query, const QueryRecord& record, const Location& where,
                                 OnConflict conflict) {
  if (record.task.empty()) return false;
  const RecordLocations::Key key{kTask, query};
  use_->task.with(query).step();
  const std::string old(use_->task.text(0));
  if (old == record.task) return false;
  const auto what = [&] { return fmt::format("task {} of query {}", quoted(record.task), quoted(record.query)); };
  if (!old.empty() && !replaces("task", key, where, conflict, what)) return true;
  use_->set_task.with(query, record.task).run();
  locations_.remember(key, where);
  changed_ = true;
  return true;
}

bool ImportTransaction::set_options(std::int64_t query, const QueryRecord& record, const Location& where,
                                    OnConflict conflict) {
  if (record.options == 0) return false;
  const RecordLocations::Key key{kOptions, query};
  use_->options.with(query).step();
  const std::int64_t old = use_->options.integer(0);
  if (old == record.options) return false;
  const auto what = [&] {
    return fmt::format("{} options (before: {}) of query {}", record.options, old, quoted(record.query));
  };
  if (old != 0 && !replaces("number of options", key, where, conflict, what)) return true;
  use_->set_options.with(query, record.options).run();
  locations_.remember(key, where);
  changed_ = true;
  return true;
}

bool ImportTransaction::set_weights(std::int64_t query, const QueryRecord& record, const Location& where,
                                    OnConflict conflict) {
  bool news = false;
  for (const QueryWeight& one : record.weights) {
    check_name(one.name, "a name of the weight", where);
    if (!std::isfinite(one.value) || one.value < 0) {
      throw DataError(where, fmt::format("expected a weight from 0 on, came {}", one.value));
    }
    const RecordLocations::Key key{kWeight, query, weight_number(one.name)};
    use_->add_weight.with(one.name, query, one.value).run();
    if (is_new(key, where)) {
      ++counts_.weights;
      news = true;
      continue;
    }
    use_->weight.with(one.name, query).step();
    const double old = use_->weight.real(0);
    if (old == one.value) continue;
    const auto what = [&] {
      return fmt::format("weight {} {} (before: {}) of query {}", quoted(one.name), one.value, old,
                         quoted(record.query));
    };
    if (conflict == OnConflict::fail) {
      throw DataError(where, fmt::format("{}, which contradicts {}; other weights go beside it under another name, "
                                         "for instance {}",
                                         what(), locations_.describe(key), quoted(std::string(one.name) + "-2")));
    }
    news = true;
    if (replaces("weight", key, where, conflict, what)) use_->set_weight.with(one.name, query, one.value).run();
  }
  return news;
}

bool ImportTransaction::set_reference(std::int64_t query, const QueryRecord& record, const Location& where,
                                      OnConflict conflict) {
  if (record.reference.empty() || memo_.has_reference(query, record.reference)) return false;
  check_text(record.reference, where);
  const RecordLocations::Key key{kReference, query};
  const std::int64_t text = use_->texts.id(record.reference);
  use_->add_reference.with(query, text).run();
  const bool added = is_new(key, where);
  if (!added) use_->reference.with(query).step();
  if (added || use_->reference.integer(0) == text) {
    memo_.keep_reference(query, record.reference);
    return added;
  }
  const auto what = [&] { return fmt::format("another reference answer of query {}", title(query)); };
  if (replaces("reference answer", key, where, conflict, what)) use_->set_reference.with(query, text).run();
  return true;
}

// A prompt that is known as a text becomes a chat, unless that would make answers that are there those of another
// prompt. Each turn of a query is a prompt of its own, so that a chat has all its turns in itself.
bool ImportTransaction::set_messages(std::int64_t query, const QueryRecord& record, const Location& where,
                                     OnConflict conflict) {
  if (record.turn > 1 && (!record.messages.empty() || use_->chat.with(query).step())) {
    throw DataError(where, fmt::format("expected all messages of chat {} in its first turn, came turn {}",
                                       quoted(record.query), record.turn));
  }
  if (record.messages.empty()) return false;
  check_text(record.messages, where);
  if (use_->later_turn.with(query).step()) {
    throw DataError(
        where, fmt::format("expected one turn of a query that is a chat, came more of {}", quoted(record.query)));
  }
  const RecordLocations::Key key{kChat, query};
  const std::int64_t text = use_->texts.id(record.messages);
  const bool known = use_->chat.with(query).step();
  if (known && use_->chat.integer(0) == text) return false;
  if (use_->candidate_answer.with(query).step()) {
    throw DataError(where, fmt::format("expected the prompt of query {} as candidate {} was sent it, came other "
                                       "messages: begin another study, or take its answers out by assay remove",
                                       title(query), quoted(use_->candidate_answer.text(0))));
  }
  if (!known) {
    use_->add_chat.with(query, text).run();
    return is_new(key, where);
  }
  const auto what = [&] { return fmt::format("other messages of query {}", title(query)); };
  if (replaces("chat", key, where, conflict, what)) use_->set_chat.with(query, text).run();
  return true;
}

void ImportTransaction::take(const QueryRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.query, "a query", where);
  if (record.options < 0) throw DataError(where, "expected a number of options from 0 on, came a negative one");
  check_count(record.turn, "turn", where);
  check_text(record.text, where);
  const std::size_t before = use_->queries.added();
  const std::int64_t query = use_->queries.id(record.query);
  bool news = use_->queries.added() > before;
  const file::Digest digest = file::digest(record.text);
  // Of all that is said of the prompt.
  const file::Digest said =
      record.messages.empty() ? digest : file::digest(std::array{record.text, record.messages});
  if (!news && memo_.has(query, record, said)) {
    ++counts_.repeated;
    return;
  }
  const std::size_t contradictions = contradictions_;
  if (news) {
    fill_new(query, record, where);
  } else {
    news = set_task(query, record, where, conflict) || news;
    news = set_options(query, record, where, conflict) || news;
  }
  news = set_weights(query, record, where, conflict) || news;
  news = set_reference(query, record, where, conflict) || news;
  bool stands = true;
  if (!record.text.empty()) {
    const RecordLocations::Key key{kPrompt, query, record.turn};
    const std::int64_t text = use_->texts.id(record.text, digest);
    use_->add_prompt.with(query, record.turn, text).run();
    if (is_new(key, where)) {
      news = true;
    } else if (use_->prompt.with(query, record.turn).step(); use_->prompt.integer(0) != text) {
      news = true;
      const auto what = [&] {
        return fmt::format("another prompt of query {} (turn {})", title(query), record.turn);
      };
      stands = replaces("prompt", key, where, conflict, what);
      if (stands) {
        use_->set_prompt.with(query, record.turn, text).run();
        use_->drop_chat.with(query).run();  // of the prompt that gave way
      }
    }
  }
  if (stands) news = set_messages(query, record, where, conflict) || news;
  if (contradictions == contradictions_) {
    memo_.keep(query, record, said);
  } else {
    memo_.forget(query);
  }
  if (!news) ++counts_.repeated;
}

}  // namespace assay::store

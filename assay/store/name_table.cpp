#include "assay/store/name_table.h"

#include <algorithm>

namespace assay::store {

NameTable::NameTable(const file::Database& database, file::Sql load, file::Sql insert)
    : database_(&database), insert_(database.prepare(insert)) {
  file::Statement rows = database.prepare(load);
  while (rows.step()) remember(rows.text(0), rows.integer(1));
}

const NameTable::Names::value_type& NameTable::remember(std::string_view name, std::int64_t id) {
  const auto [entry, is_new] = names_.try_emplace(std::string(name), Number{id, order_.size()});
  if (is_new) order_.push_back(&*entry);
  return *entry;
}

std::int64_t NameTable::id(std::string_view name) {
  if (is_at(last_, name)) return order_[last_]->second.id;
  if (is_at(last_ + 1, name)) return order_[++last_]->second.id;
  const auto known = names_.find(name);
  const Names::value_type* entry = known == names_.end() ? nullptr : &*known;
  if (entry == nullptr) {
    insert_.with(name).run();
    ++added_;
    entry = &remember(name, database_->last_id());
  }
  last_ = entry->second.place;
  return entry->second.id;
}

const std::string& NameTable::name(std::int64_t id) const {
  return (*std::find_if(order_.begin(), order_.end(), [&](const auto* entry) { return entry->second.id == id; }))
      ->first;
}

}  // namespace assay::store

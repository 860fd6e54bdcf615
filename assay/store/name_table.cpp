#include "assay/store/name_table.h"

namespace assay::store {

NameTable::NameTable(const file::Database& database, file::Sql load, file::Sql insert)
    : database_(&database), insert_(database.prepare(insert)) {
  file::Statement rows = database.prepare(load);
  while (rows.step()) ids_.emplace(rows.text(0), rows.integer(1));
}

std::int64_t NameTable::id(std::string_view name) {
  if (last_ != nullptr && last_->first == name) return last_->second;
  auto known = ids_.find(name);
  if (known == ids_.end()) {
    insert_.with(name).run();
    ++added_;
    known = ids_.emplace(name, database_->last_id()).first;
  }
  last_ = &*known;  // Entries stay where they are when the table grows.
  return known->second;
}

}  // namespace assay::store

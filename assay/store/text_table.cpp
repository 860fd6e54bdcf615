#include "assay/store/text_table.h"

namespace assay::store {

TextTable::TextTable(const file::Database& database)
    : database_(&database), insert_(database.prepare("INSERT INTO text (hash, body) VALUES (?1, ?2)")) {
  file::Statement rows = database.prepare("SELECT hash, id FROM text");
  while (rows.step()) {
    file::Digest hash{};
    const std::string_view bytes = rows.blob(0);
    std::memcpy(hash.data(), bytes.data(), std::min(bytes.size(), hash.size()));
    ids_.emplace(hash, rows.integer(1));
  }
}

std::int64_t TextTable::id(std::string_view text) {
  const file::Digest hash = file::digest(text);
  const auto [entry, is_new] = ids_.try_emplace(hash, 0);
  if (!is_new) return entry->second;
  insert_.with(file::Blob{file::bytes_of(hash)}, text).run();
  return entry->second = database_->last_id();
}

}  // namespace assay::store

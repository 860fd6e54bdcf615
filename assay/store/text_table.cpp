#include "assay/store/text_table.h"

#include <algorithm>

namespace assay::store {

TextTable::TextTable(const file::Database& database)
    : database_(&database), insert_(database.prepare("INSERT INTO text (hash, body) VALUES (?1, ?2)")) {
  file::Statement rows = database.prepare("SELECT hash, id FROM text");
  while (rows.step()) {
    file::Digest hash{};
    const std::string_view bytes = rows.blob(0);
    std::memcpy(hash.data(), bytes.data(), std::min(bytes.size(), hash.size()));
    *ids_.insert(hash).first = rows.integer(1);
  }
}

std::int64_t TextTable::id(std::string_view text, const file::Digest& digest) {
  const auto [id, is_new] = ids_.insert(digest);
  if (!is_new) return *id;
  insert_.with(file::Blob{file::bytes_of(digest)}, text).run();
  return *id = database_->last_id();
}

}  // namespace assay::store

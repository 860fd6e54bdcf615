#include "assay/store/text_table.h"

#include <xxhash.h>

namespace assay::store {

TextTable::TextTable(const file::Database& database)
    : database_(&database), insert_(database.prepare("INSERT INTO text (hash, body) VALUES (?1, ?2)")) {
  file::Statement rows = database.prepare("SELECT hash, id FROM text");
  while (rows.step()) {
    Hash hash{};
    const std::string_view bytes = rows.blob(0);
    std::memcpy(hash.data(), bytes.data(), std::min(bytes.size(), hash.size()));
    ids_.emplace(hash, rows.integer(1));
  }
}

std::int64_t TextTable::id(std::string_view text) {
  XXH128_canonical_t canonical;  // The same bytes on every machine.
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(text.data(), text.size()));
  Hash hash{};
  static_assert(sizeof canonical.digest == sizeof hash);
  std::memcpy(hash.data(), canonical.digest, sizeof hash);
  const auto [entry, is_new] = ids_.try_emplace(hash, 0);
  if (!is_new) return entry->second;
  insert_.with(file::Blob{{hash.data(), hash.size()}}, text).run();
  return entry->second = database_->last_id();
}

}  // namespace assay::store

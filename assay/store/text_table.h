#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "assay/file/database.h"
#include "assay/file/digest.h"
#include "assay/store/hash_table.h"

namespace assay::store {

/// The table of texts during an import. Each distinct text is stored once, across imports too. Texts with the same
/// 128 bits of XXH3 count as one. Somebody could make two such texts on purpose, but gains nothing: they choose the
/// texts anyway.
class TextTable {
 public:
  explicit TextTable(const file::Database& database);

  /// Number of `text`, which is added if it is new.
  std::int64_t id(std::string_view text) { return id(text, file::digest(text)); }
  /// The same with the digest of `text`.
  std::int64_t id(std::string_view text, const file::Digest& digest);

 private:
  struct FirstBytes {
    std::size_t operator()(const file::Digest& hash) const {
      std::size_t bytes = 0;
      std::memcpy(&bytes, hash.data(), sizeof bytes);
      return bytes;
    }
  };
  const file::Database* database_;
  file::Statement insert_;
  HashTable<file::Digest, std::int64_t, FirstBytes> ids_;
};

}  // namespace assay::store

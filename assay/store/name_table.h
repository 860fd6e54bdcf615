#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "assay/file/database.h"

namespace assay::store {

/// A table of names (models, judges, queries) as it stands in memory during an import.
class NameTable {
 public:
  /// `load` gives (name, id), `insert` takes a name.
  NameTable(const file::Database& database, file::Sql load, file::Sql insert);

  /// Number of `name`, which is added if it is new.
  std::int64_t id(std::string_view name);
  /// Names added by `id`.
  std::size_t added() const { return added_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  const file::Database* database_;
  file::Statement insert_;
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> ids_;
  std::size_t added_ = 0;
  // Records come in rows that are about the same names: the entry of the last one.
  const std::pair<const std::string, std::int64_t>* last_ = nullptr;
};

}  // namespace assay::store

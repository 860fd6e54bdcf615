#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assay/file/database.h"

namespace assay::store {

/// A table of names (models, judges, queries) as it stands in memory during an import.
class NameTable {
 public:
  /// `load` gives (name, id), `insert` takes a name.
  NameTable(const file::Database& database, file::Sql load, file::Sql insert);

  /// Number of `name`, which is added if it is new.
  std::int64_t id(std::string_view name);
  /// The name of a number that `id` gave.
  const std::string& name(std::int64_t id) const;
  /// Names added by `id`.
  std::size_t added() const { return added_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Number {
    std::int64_t id = 0;
    std::size_t place = 0;  // in order_
  };
  using Names = std::unordered_map<std::string, Number, Hash, std::equal_to<>>;

  const Names::value_type& remember(std::string_view name, std::int64_t id);
  bool is_at(std::size_t place, std::string_view name) const {
    return place < order_.size() && order_[place]->first == name;
  }

  const file::Database* database_;
  file::Statement insert_;
  Names names_;
  std::size_t added_ = 0;
  // Records come in rows that are about one name, and files that come later have the names in the same order: the
  // last name and the one behind it are tried before the table. Entries stay where they are when it grows.
  std::vector<const Names::value_type*> order_;
  std::size_t last_ = 0;
};

}  // namespace assay::store

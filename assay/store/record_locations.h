#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "assay/store/hash_table.h"

namespace assay::store {

/// Remembers where each record of an import came from. Messages about contradictions name both locations. Of an
/// import of very many records the first million are remembered: the table would take more memory than all else.
class RecordLocations {
 public:
  /// The kind of a record and the numbers of its names.
  using Key = std::array<std::int64_t, 6>;

  void remember(const Key& key, const Location& where);
  /// Whether this import may have it: true for every record once a million are remembered.
  bool may_have(const Key& key) const;
  /// "path:line"; "the study" for a record whose location is unknown, "an earlier row" if it may be too late a one.
  std::string describe(const Key& key) const;

 private:
  struct Entry {
    std::uint32_t path = 0;  // Index into paths_.
    std::uint32_t line = 0;
  };
  // By a hash of the key: a wrong location in a message, once in 2^64, does no harm.
  struct Same {
    std::size_t operator()(std::uint64_t hash) const { return hash; }
  };
  HashTable<std::uint64_t, Entry, Same> locations_;
  std::vector<std::string> paths_;
  bool full_ = false;
};

}  // namespace assay::store

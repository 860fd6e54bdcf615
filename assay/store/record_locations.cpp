#include "assay/store/record_locations.h"

#include <xxhash.h>

#include <algorithm>
#include <limits>

namespace assay::store {
namespace {

constexpr std::size_t kMostLocations = 1'000'000;

std::uint64_t hashed(const RecordLocations::Key& key) { return XXH3_64bits(key.data(), sizeof key); }

}  // namespace

void RecordLocations::remember(const Key& key, const Location& where) {
  if (full_) return;
  // A file is read from its begin to its end, so that only the change to another one costs something.
  if (paths_.empty() || paths_.back() != where.path) paths_.emplace_back(where.path);
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  *locations_.insert(hashed(key)).first = {static_cast<std::uint32_t>(paths_.size() - 1),
                                           static_cast<std::uint32_t>(std::min(where.line, kMost))};
  full_ = locations_.size() == kMostLocations;
}

bool RecordLocations::may_have(const Key& key) const { return full_ || locations_.find(hashed(key)) != nullptr; }

std::string RecordLocations::describe(const Key& key) const {
  const Entry* found = locations_.find(hashed(key));
  if (found == nullptr) return full_ ? "an earlier row or the study" : "the study";
  return assay::describe(Location{paths_[found->path], found->line});
}

}  // namespace assay::store

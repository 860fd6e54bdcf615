#include "assay/store/places.h"

#include <xxhash.h>

#include <algorithm>
#include <limits>

namespace assay::store {
namespace {

std::uint64_t hashed(const Places::Key& key) { return XXH3_64bits(key.data(), sizeof key); }

}  // namespace

void Places::remember(const Key& key, const Location& where) {
  // A file is read from its begin to its end, so that only the change to another one costs something.
  if (paths_.empty() || paths_.back() != where.path) paths_.emplace_back(where.path);
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  places_[hashed(key)] = {static_cast<std::uint32_t>(paths_.size() - 1),
                          static_cast<std::uint32_t>(std::min(where.line, kMost))};
}

std::string Places::describe(const Key& key) const {
  const auto place = places_.find(hashed(key));
  if (place == places_.end()) return "the study";
  return assay::describe(Location{paths_[place->second.path], place->second.line});
}

}  // namespace assay::store

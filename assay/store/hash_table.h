#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace assay::store {

/// A table by keys that are hashes already: open addressing in one piece of memory, as an import asks it several
/// times for each record. `FirstBits` makes a size_t of a key. A key of only zeros marks an empty place; nothing is
/// lost by it, as a hash is zero once in 2^64.
template <typename Key, typename Value, typename FirstBits>
class HashTable {
 public:
  /// The value of `key` and whether it is new; then it is `Value()`. Valid until the next call.
  std::pair<Value*, bool> insert(const Key& key) {
    if (4 * (size_ + 1) > 3 * places_.size()) grow();
    Place& place = places_[place_of(key)];
    const bool is_new = place.key == Key{};
    if (is_new) {
      place.key = key;
      ++size_;
    }
    return {&place.value, is_new};
  }

  /// Null: it is not there.
  const Value* find(const Key& key) const {
    if (size_ == 0) return nullptr;
    const Place& place = places_[place_of(key)];
    return place.key == Key{} ? nullptr : &place.value;
  }

  std::size_t size() const { return size_; }

 private:
  struct Place {
    Key key{};
    Value value{};
  };

  // Where `key` is, or would be.
  std::size_t place_of(const Key& key) const {
    const std::size_t mask = places_.size() - 1;
    std::size_t at = FirstBits()(key) & mask;
    while (places_[at].key != Key{} && places_[at].key != key) at = (at + 1) & mask;
    return at;
  }

  void grow() {
    constexpr std::size_t kFirst = 64;  // a power of two, as all sizes are
    std::vector<Place> old(places_.empty() ? kFirst : 2 * places_.size());
    old.swap(places_);
    for (const Place& place : old) {
      if (place.key != Key{}) places_[place_of(place.key)] = place;
    }
  }

  std::vector<Place> places_;
  std::size_t size_ = 0;
};

}  // namespace assay::store

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace assay::store {

/// Where each element of `all` stands, found by `key_of` it. The first counts where two have the same key.
template <typename T, typename KeyOf>
auto positions(const std::vector<T>& all, const KeyOf& key_of) {
  std::unordered_map<std::decay_t<decltype(key_of(all.front()))>, std::size_t> result;
  for (std::size_t i = 0; i < all.size(); ++i) result.emplace(key_of(all[i]), i);
  return result;
}

using NamePositions = std::unordered_map<std::string_view, std::size_t>;

/// Where each name stands. Lives as long as `names`.
inline NamePositions positions(const std::vector<std::string>& names) {
  return positions(names, [](const std::string& name) { return std::string_view(name); });
}

}  // namespace assay::store

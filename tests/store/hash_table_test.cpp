#include "assay/store/hash_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <unordered_map>

#include "assay/core/rng.h"

namespace assay::store {
namespace {

struct AsItIs {
  std::size_t operator()(std::uint64_t key) const { return key; }
};
using NumberTable = HashTable<std::uint64_t, int, AsItIs>;

TEST(HashTable, KnowsWhatAMapKnows) {
  Rng rng(1);
  for (const std::uint64_t shift : {0U, 50U}) {  // 50: nearly all keys want the same places
    NumberTable table;
    std::unordered_map<std::uint64_t, int> map;
    EXPECT_EQ(table.find(1), nullptr);
    for (int i = 1; i <= 3000; ++i) {
      const std::uint64_t key = (1 + rng.below(2000)) << shift;
      const auto [value, is_new] = table.insert(key);
      const auto [known, new_in_map] = map.try_emplace(key, 0);
      ASSERT_EQ(is_new, new_in_map);
      ASSERT_EQ(*value, known->second);
      *value = known->second = i;
    }
    EXPECT_EQ(table.size(), map.size());
    for (std::uint64_t i = 1; i <= 2100; ++i) {
      const int* value = table.find(i << shift);
      const auto known = map.find(i << shift);
      ASSERT_EQ(value == nullptr, known == map.end());
      if (value != nullptr) EXPECT_EQ(*value, known->second);
    }
  }
}

}  // namespace
}  // namespace assay::store

#include "assay/route/router_sections.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "assay/core/error.h"
#include "assay/neighbours/codes.h"
#include "assay/neighbours/neighbour_graph.h"
#include "assay/route/fit.h"
#include "assay/route/query_routing.h"
#include "assay/route/routing_rule.h"
#include "tests/data/sample_folder.h"
#include "tests/neighbours/sample_graph.h"
#include "tests/route/sample_benchmark.h"

namespace assay::route {
namespace {

class RouterSectionsTest : public testing::Test {
 protected:
  RouterSectionsTest() : benchmark_({}, 3), fit_(fit_router(benchmark_.view(), 1)) {
    codes_ = neighbours::encode(benchmark_.view().vectors);
    graph_ = sample_graph(benchmark_.view().vectors);
    contents_.router = fit_.router(benchmark_.view());
    contents_.router.codes = codes_.view();
    contents_.router.graph = graph_.view();
    for (std::size_t j = 0; j < benchmark_.models; ++j) contents_.models.push_back("model " + std::to_string(j));
    for (std::size_t t = 0; t < benchmark_.tasks; ++t) contents_.tasks.push_back("task " + std::to_string(t));
    contents_.parameters.assign(benchmark_.models, 7e9);
    contents_.cost.assign(benchmark_.models, std::nan(""));
    contents_.embedding = "test/8";
  }

  // Owned copies, which tests may change; aligned as those of a file.
  std::map<std::string, std::vector<std::uint64_t>> stored_;
  std::map<std::string, std::size_t> sizes_;
  std::vector<NamedBytes> copies(const std::string& changed = {}, const std::string& bytes = {}) {
    const RouterSections sections(contents_);
    std::vector<NamedBytes> result;
    for (const NamedBytes& section : sections.all()) {
      const std::string_view content = section.name == changed ? std::string_view(bytes) : section.bytes;
      std::vector<std::uint64_t>& words = stored_[section.name];
      words.assign(content.size() / 8 + 1, 0);
      if (!content.empty()) std::memcpy(words.data(), content.data(), content.size());
      result.push_back({section.name, {reinterpret_cast<const char*>(words.data()), content.size()}});
    }
    return result;
  }
  std::string bytes_of(const std::string& name) {
    for (const NamedBytes& section : copies()) {
      if (section.name == name) return std::string(section.bytes);
    }
    return {};
  }
  template <typename T>
  static std::string with(std::string bytes, std::size_t at, T value) {
    std::memcpy(bytes.data() + at * sizeof(T), &value, sizeof(T));
    return bytes;
  }
  std::string refusal(const std::string& name, const std::string& bytes) {
    return error_of([&] { router_contents(copies(name, bytes)); });
  }

  SampleBenchmark benchmark_;
  RouterFit fit_;
  neighbours::Codes codes_;
  neighbours::NeighbourGraph graph_;
  RouterContents contents_;
};

TEST_F(RouterSectionsTest, ComeBackAsTheyWere) {
  const std::vector<NamedBytes> sections = copies();
  const RouterContents back = router_contents(sections);
  EXPECT_EQ(back.models, contents_.models);
  EXPECT_EQ(back.tasks, contents_.tasks);
  EXPECT_EQ(back.embedding, contents_.embedding);
  EXPECT_EQ(back.parameters, contents_.parameters);
  EXPECT_TRUE(std::isnan(back.cost[0]));
  EXPECT_EQ(back.router.numbers.task.weights, contents_.router.numbers.task.weights);
  EXPECT_EQ(back.router.numbers.bandwidth, contents_.router.numbers.bandwidth);
  EXPECT_EQ(back.router.numbers.rule_neighbours, contents_.router.numbers.rule_neighbours);

  const neighbours::VectorView queries{benchmark_.vectors, benchmark_.dimensions};
  const TaskFeatures before = task_features(contents_.router, queries, {}, 1);
  const TaskFeatures after = task_features(back.router, queries, {}, 3);
  EXPECT_EQ(before.s1, after.s1);
  EXPECT_EQ(before.ridge, after.ridge);
  const std::vector<std::size_t> all = {0, 1, 2, 3, 4};
  for (const RoutingRuleEntry& entry : routing_rules()) {
    if (entry.needs_truth) continue;
    EXPECT_EQ(entry.rank({&contents_.router, &before, all}).values, entry.rank({&back.router, &after, all}).values);
  }
  EXPECT_EQ(query_chances(contents_.router, queries.at(3)), query_chances(back.router, queries.at(3)));
}

TEST_F(RouterSectionsTest, EachMustBeThere) {
  const std::vector<NamedBytes> whole = copies();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::vector<NamedBytes> part = whole;
    const std::string name = part[i].name;
    if (name == "codes" || name == "links" || name.starts_with("hashed")) continue;  // A router can be without.
    part.erase(part.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(error_of([&] { router_contents(part); }), "section \"" + name + "\" is missing");
  }
}

TEST_F(RouterSectionsTest, EachMustHaveItsSize) {
  for (const NamedBytes& section : copies()) {
    if (section.name == "embedding") continue;
    std::string shorter(section.bytes);
    shorter.pop_back();
    EXPECT_THROW(router_contents(copies(section.name, shorter)), DataError) << section.name;
    EXPECT_THROW(router_contents(copies(section.name, std::string(section.bytes) + "x")), DataError)
        << section.name;
  }
}

TEST_F(RouterSectionsTest, ImpossibleNumbersAreRefused) {
  const std::string shape = bytes_of("shape");
  EXPECT_EQ(refusal("shape", with<std::uint64_t>(shape, 0, 0)), "expected a size from 1 to 2^31 - 1, came 0");
  EXPECT_THROW(router_contents(copies("shape", with<std::uint64_t>(shape, 1, ~0ULL))), DataError);
  EXPECT_THROW(router_contents(copies("shape", with<std::uint64_t>(shape, 0, 1ULL << 30U))), DataError);
  EXPECT_EQ(refusal("shape", with<std::uint64_t>(shape, 5, 1)),
            "the digest of the candidates is not that of their names");
  EXPECT_EQ(refusal("shape", with<std::uint64_t>(shape, 6, 1'000'000)), "a neighbour graph without an entry");
  const std::string numbers = bytes_of("numbers");
  EXPECT_EQ(refusal("numbers", with(numbers, 0, std::nan(""))), "expected a finite number, came nan");
  EXPECT_EQ(refusal("numbers", with(numbers, 10, 17.0)), "expected the place of a number of neighbours, came 17");
  EXPECT_EQ(refusal("numbers", with(numbers, 14, 0.0)), "expected a positive bandwidth");
  EXPECT_EQ(refusal("links", with<std::int32_t>(bytes_of("links"), 3, 1'000'000)),
            "a neighbour graph that points outside itself");
}

TEST_F(RouterSectionsTest, AnyCellCanBeUsed) {
  std::string cells = bytes_of("cells");
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = static_cast<char>(i * 37);
  const std::vector<NamedBytes> sections = copies("cells", cells);
  const RouterContents back = router_contents(sections);
  for (const double chance : query_chances(back.router, benchmark_.view().vectors.at(0))) {
    EXPECT_TRUE(chance >= 0 && chance <= 1);
  }
}

}  // namespace
}  // namespace assay::route

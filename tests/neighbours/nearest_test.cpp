#include "assay/neighbours/nearest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "assay/core/error.h"
#include "assay/neighbours/codes.h"
#include "assay/neighbours/neighbour_graph.h"
#include "tests/data/sample_folder.h"
#include "tests/neighbours/sample_graph.h"
#include "tests/neighbours/sample_vectors.h"

namespace assay::neighbours {
namespace {

std::vector<Neighbour> by_sorting(const VectorView& vectors, std::span<const float> query, std::size_t k) {
  std::vector<std::pair<double, std::uint32_t>> all;
  for (std::size_t i = 0; i < vectors.count(); ++i) {
    double sum = 0;
    for (std::size_t p = 0; p < query.size(); ++p) sum += static_cast<double>(vectors.at(i)[p]) * query[p];
    all.emplace_back(-sum, static_cast<std::uint32_t>(i));
  }
  std::sort(all.begin(), all.end());
  std::vector<Neighbour> result;
  for (std::size_t i = 0; i < std::min(k, all.size()); ++i) {
    result.push_back({all[i].second, static_cast<float>(-all[i].first)});
  }
  return result;
}

double recall(const std::vector<Neighbour>& found, const std::vector<Neighbour>& expected) {
  double hits = 0;
  for (const Neighbour& one : expected) {
    hits +=
        std::any_of(found.begin(), found.end(), [&](const Neighbour& f) { return f.index == one.index; }) ? 1 : 0;
  }
  return hits / static_cast<double>(expected.size());
}

TEST(Nearest, IsWhatSortingGives) {
  const std::vector<float> values = sample_vectors(300, 24, 1);
  const VectorView vectors{values, 24};
  for (const std::size_t k : {1U, 7U, 200U, 300U, 1000U}) {
    for (std::size_t q = 0; q < 5; ++q) {
      const auto found = nearest(vectors, vectors.at(q), k);
      const auto expected = by_sorting(vectors, vectors.at(q), k);
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].index, expected[i].index);
        EXPECT_NEAR(found[i].similarity, expected[i].similarity, 1e-5);
      }
    }
  }
}

TEST(NearestKeeper, PutsEqualsInTheirOrder) {
  NearestKeeper keeper(3);
  for (std::uint32_t i = 0; i < 50; ++i) keeper.offer({49 - i, 0.5F});
  const std::vector<Neighbour> kept = keeper.take();
  EXPECT_EQ(kept, (std::vector<Neighbour>{{0, 0.5F}, {1, 0.5F}, {2, 0.5F}}));
}

TEST(NearestKeeper, HandsOverTheSameInNoOrder) {
  NearestKeeper ordered(40), unordered(40);
  const std::vector<float> values = sample_vectors(700, 1, 4);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    // Both zeros are one number, and so are negative ones below positive ones.
    const float similarity = i % 3 == 0 ? (i % 2 == 0 ? 0.0F : -0.0F) : values[i] * static_cast<float>(i);
    ordered.offer({i, similarity});
    unordered.offer({i, similarity});
  }
  const std::vector<Neighbour> expected = ordered.take();
  std::vector<Neighbour> kept = unordered.take_unordered();
  ASSERT_EQ(kept.size(), 40U);
  std::sort(kept.begin(), kept.end(), nearer);
  EXPECT_EQ(kept, expected);
  EXPECT_TRUE(std::is_sorted(expected.begin(), expected.end(), nearer));
}

TEST(NearestKeeper, KeepsNothingOfNothing) {
  EXPECT_TRUE(NearestKeeper(3).take().empty());
  NearestKeeper none(0);
  none.offer({1, 1});
  EXPECT_TRUE(none.take().empty());
}

TEST(Codes, FindWhatAnExactSearchFinds) {
  for (const std::size_t d : {3U, 16U, 37U, 256U}) {
    const std::vector<float> values = sample_vectors(5000, d, d);
    const VectorView vectors{values, d};
    const Codes codes = encode(vectors);
    double found = 0;
    for (std::size_t q = 0; q < 20; ++q) {
      const auto exact = nearest(vectors, vectors.at(q), 50);
      const auto coded = nearest(vectors, codes.view(), vectors.at(q), 50);
      found += recall(coded, exact) / 20;
      EXPECT_EQ(coded[0], exact[0]);
    }
    EXPECT_GT(found, 0.999) << d << " dimensions";
  }
}

TEST(Codes, AreSearchedRightWhereASampleMisleads) {
  // What is near stands where no sample in regular distance looks, or everything is equally near.
  for (const bool all_near : {false, true}) {
    std::vector<float> values;
    for (std::size_t i = 0; i < 4096; ++i) {
      const bool near = all_near || i % 4 == 3;
      values.insert(values.end(), {near ? 1.0F : -1.0F, 0.0F});
    }
    const VectorView vectors{values, 2};
    const std::vector<float> query = {1, 0};
    EXPECT_EQ(nearest(vectors, encode(vectors).view(), query, 300), nearest(vectors, query, 300));
  }
  const std::vector<float> values(2 * 3000, 1.0F);
  EXPECT_EQ(nearest({values, 2}, encode({values, 2}).view(), std::span(values).first(2), 2900).size(), 2900U);
}

TEST(Codes, OfTheLargestSizeDoNotOverflow) {
  // Every code is 127 or -127, and a file may even say -128.
  constexpr std::size_t kWide = 1024;
  std::vector<float> values;
  for (std::size_t i = 0; i < 80 * kWide; ++i) values.push_back((i / kWide + i) % (2 + i / kWide) == 0 ? -1 : 1);
  const VectorView vectors{values, kWide};
  Codes codes = encode(vectors);
  EXPECT_EQ(nearest(vectors, codes.view(), vectors.at(7), 80), nearest(vectors, vectors.at(7), 80));
  std::replace(codes.codes.begin(), codes.codes.end(), std::int8_t{-127}, std::int8_t{-128});
  EXPECT_EQ(nearest(vectors, codes.view(), vectors.at(7), 80), nearest(vectors, vectors.at(7), 80));
}

TEST(Codes, OfAVectorOfZerosAreZeros) {
  const std::vector<float> values(8, 0.0F);
  const Codes codes = encode({values, 4});
  EXPECT_EQ(codes.scales, std::vector<float>(2, 0.0F));
  EXPECT_EQ(nearest({values, 4}, codes.view(), std::span(values).first(4), 2).size(), 2U);
}

TEST(Codes, OfOtherVectorsAreRefused) {
  const std::vector<float> values = sample_vectors(10, 4, 1);
  const Codes codes = encode({std::span(values).first(20), 4});
  EXPECT_THROW(nearest({values, 4}, codes.view(), std::span(values).first(4), 2), InvalidArgument);
}

double mean_recall(const VectorView& vectors, const NeighbourGraph& graph) {
  double found = 0;
  for (std::size_t q = 0; q < 50; ++q) {
    found += recall(nearest(vectors, graph.view(), vectors.at(q * 60), 50, 200),
                    nearest(vectors, vectors.at(q * 60), 50)) /
             50;
  }
  return found;
}

TEST(NeighbourGraph, SearchFindsMostNeighboursWithoutFaiss) {
  const std::vector<float> values = sample_vectors(3000, 32, 2);
  const NeighbourGraph graph = sample_graph({values, 32});
  EXPECT_NO_THROW(check_graph(graph.view(), 3000));
  EXPECT_GT(mean_recall({values, 32}, graph), 0.95);
}

TEST(NeighbourGraph, SearchOfOneVectorFindsIt) {
  const std::vector<float> values = {1, 0};
  const NeighbourGraph graph = sample_graph({values, 2});
  EXPECT_EQ(nearest({values, 2}, graph.view(), values, 5, 10), (std::vector<Neighbour>{{0, 1}}));
}

TEST(BuildGraph, FindsMostNeighbours) {
  if (!can_build_graphs()) GTEST_SKIP() << "built without faiss";
  const std::vector<float> values = sample_vectors(3000, 32, 2);
  const NeighbourGraph graph = build_graph({values, 32});
  EXPECT_NO_THROW(check_graph(graph.view(), 3000));
  EXPECT_GT(mean_recall({values, 32}, graph), 0.95);
}

TEST(BuildGraph, OfTheSameVectorsIsTheSame) {
  if (!can_build_graphs()) GTEST_SKIP() << "built without faiss";
  const std::vector<float> values = sample_vectors(2000, 16, 3);
  const NeighbourGraph one = build_graph({values, 16});
  const NeighbourGraph again = build_graph({values, 16});
  EXPECT_EQ(one.links, again.links);
  EXPECT_EQ(one.offsets, again.offsets);
}

TEST(BuildGraph, OfOneVectorFindsIt) {
  if (!can_build_graphs()) GTEST_SKIP() << "built without faiss";
  const std::vector<float> values = {1, 0};
  const NeighbourGraph graph = build_graph({values, 2});
  EXPECT_EQ(nearest({values, 2}, graph.view(), values, 5, 10), (std::vector<Neighbour>{{0, 1}}));
}

TEST(BuildGraph, SaysThatItNeedsFaiss) {
  if (can_build_graphs()) GTEST_SKIP() << "built with faiss";
  EXPECT_EQ(error_of([] { build_graph({}); }),
            "a neighbour graph is built by faiss, which this Assay was built without");
}

TEST(NeighbourGraph, ThatPointsOutsideItselfIsRefused) {
  const std::vector<float> values = sample_vectors(100, 8, 4);
  const NeighbourGraph whole = sample_graph({values, 8});
  const std::string outside = "a neighbour graph that points outside itself";
  NeighbourGraph graph = whole;
  graph.links[5] = 100;
  EXPECT_EQ(error_of([&] { check_graph(graph.view(), 100); }), outside);
  graph = whole;
  graph.offsets[50] = graph.offsets[51] + 1;
  EXPECT_EQ(error_of([&] { check_graph(graph.view(), 100); }), outside);
  graph = whole;
  graph.offsets.back() += 1000;
  EXPECT_EQ(error_of([&] { check_graph(graph.view(), 100); }), outside);
  graph = whole;
  graph.entry = 100;
  EXPECT_EQ(error_of([&] { check_graph(graph.view(), 100); }), outside);
  EXPECT_EQ(error_of([&] { check_graph(whole.view(), 101); }),
            "expected 102 offsets of a neighbour graph, came 101");
}

}  // namespace
}  // namespace assay::neighbours

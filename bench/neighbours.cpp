// Search for the nearest of many vectors of 384 dimensions: exact in floats, exact by codes of a byte, and by a
// neighbour graph. Latency of one query, with one thread searching and with two at once, the processor's time of it
// (which a busy machine does not lengthen), and how many of the 100 nearest are found:
//
//   bench_neighbours [VECTORS...]     default 12000 100000; 1000000 takes 2 GB
//   bench_neighbours graph VECTORS... builds the graph too, which takes 20 s for 100,000 and 14 minutes for a
//   million

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string_view>
#include <thread>
#include <vector>

#include "assay/core/parallel.h"
#include "assay/core/rng.h"
#include "assay/neighbours/codes.h"
#include "assay/neighbours/neighbour_graph.h"
#include "bench/measure.h"

namespace {

using namespace assay;
using neighbours::Neighbour;

constexpr std::size_t kDimensions = 384;
constexpr std::size_t kWanted = 100;  // neighbours of a decision
constexpr std::size_t kQueries = 1000;
constexpr std::size_t kCompared = 20;  // queries whose neighbours are compared with those of an exact search

// Points about a thousand centres, of length 1; each by its own number, so that more points do not change the
// first.
class MadeUpVectors {
 public:
  MadeUpVectors() {
    Rng rng(3);
    for (float& value : centres_) value = static_cast<float>(rng.normal());
  }

  std::vector<float> operator()(std::size_t from, std::size_t count) const {
    std::vector<float> values(count * kDimensions);
    parallel_for(count, 0,
                 [&](std::size_t i) { fill(std::span(values).subspan(i * kDimensions, kDimensions), from + i); });
    return values;
  }

 private:
  void fill(std::span<float> out, std::uint64_t i) const {
    Rng rng(4, i);
    const std::size_t centre = rng.below(kCentres) * kDimensions;
    double squares = 0;
    for (std::size_t p = 0; p < kDimensions; ++p) {
      out[p] = centres_[centre + p] + static_cast<float>(rng.normal());
      squares += static_cast<double>(out[p]) * out[p];
    }
    for (float& value : out) value /= static_cast<float>(std::sqrt(squares));
  }

  static constexpr std::size_t kCentres = 1000;
  std::vector<float> centres_ = std::vector<float>(kCentres * kDimensions);
};

using Search = std::function<std::vector<Neighbour>(std::span<const float> query)>;

// Seconds of each query, ascending.
struct Latencies {
  std::vector<double> wall, processor;
};

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// `threads` queries are searched for at a time.
Latencies latencies(const Search& search, const neighbours::VectorView& queries, std::size_t threads) {
  Latencies seconds{std::vector<double>(queries.count()), std::vector<double>(queries.count())};
  std::vector<std::thread> searching;
  for (std::size_t t = 0; t < threads; ++t) {
    searching.emplace_back([&, t] {
      for (std::size_t i = t; i < queries.count(); i += threads) {
        const double before = processor_seconds();
        seconds.wall[i] = seconds_of([&] { search(queries.at(i)); });
        seconds.processor[i] = processor_seconds() - before;
      }
    });
  }
  for (std::thread& thread : searching) thread.join();
  std::sort(seconds.wall.begin(), seconds.wall.end());
  std::sort(seconds.processor.begin(), seconds.processor.end());
  return seconds;
}

double share_found(const Search& search, const Search& exact, const neighbours::VectorView& queries) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < kCompared; ++i) {
    const std::vector<Neighbour> near = search(queries.at(i));
    for (const Neighbour& one : exact(queries.at(i))) {
      found += std::any_of(near.begin(), near.end(), [&](const Neighbour& n) { return n.index == one.index; });
    }
  }
  return static_cast<double>(found) / (kCompared * kWanted);
}

void report(std::string_view name, const Search& search, const Search& exact, const neighbours::VectorView& queries,
            std::size_t count) {
  const neighbours::VectorView some{queries.values.first(count * kDimensions), kDimensions};
  const double found = share_found(search, exact, queries);
  for (const std::size_t threads : {1, 2}) {
    const auto [wall, processor] = latencies(search, some, threads);
    fmt::print(
        "  {:<6} {} at a time: {:.3f} ms median, {:.3f} ms 99th percentile of {} (processor {:.3f}, {:.3f}); "
        "{:.1f} % of the {} found\n",
        name, threads, 1e3 * wall[count / 2], 1e3 * wall[count * 99 / 100], count, 1e3 * processor[count / 2],
        1e3 * processor[count * 99 / 100], 100 * found, kWanted);
    std::fflush(stdout);
  }
}

void bench(std::size_t count, bool with_graph) {
  const MadeUpVectors made;
  const std::vector<float> values = made(0, count), asked = made(count, kQueries);
  const neighbours::VectorView vectors{values, kDimensions}, queries{asked, kDimensions};
  neighbours::Codes codes;
  const double encode = seconds_of([&] { codes = neighbours::encode(vectors); });
  fmt::print("{} vectors of {} dimensions; codes in {:.2f} s\n", count, kDimensions, encode);
  const Search exact = [&](std::span<const float> query) { return neighbours::nearest(vectors, query, kWanted); };
  report("floats", exact, exact, queries, 100);
  report(
      "codes",
      [&](std::span<const float> query) { return neighbours::nearest(vectors, codes.view(), query, kWanted); },
      exact, queries, count > 500'000 ? 300 : kQueries);
  if (!with_graph) return;
  neighbours::NeighbourGraph graph;
  const double build = seconds_of([&] { graph = neighbours::build_graph(vectors); });
  fmt::print("  graph built in {:.0f} s\n", build);
  report(
      "graph",
      [&](std::span<const float> query) {
        return neighbours::nearest(vectors, graph.view(), query, kWanted, 2 * kWanted);
      },
      exact, queries, kQueries);
}

}  // namespace

int main(int argc, char** argv) {
  const bool with_graph = argc > 1 && std::string_view(argv[1]) == "graph";
  std::vector<std::size_t> sizes;
  for (int i = with_graph ? 2 : 1; i < argc; ++i) sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  if (sizes.empty()) sizes = {12'000, 100'000};
  for (const std::size_t size : sizes) bench(size, with_graph);
  return 0;
}

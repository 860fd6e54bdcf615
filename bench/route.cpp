// A fit of 12,032 queries x 33 models with the built-in embedding; a decision for one prompt once a router is
// loaded, beside an exact search in doubles; loading a router; and a decision among many stored vectors:
//
//   bench_route [VECTORS]      VECTORS of 384 dimensions, default 50,000; 1,000,000 take half an hour to link

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "assay/core/parallel.h"
#include "assay/core/rng.h"
#include "assay/route/fit.h"
#include "assay/route/query_routing.h"
#include "assay/route/search_index.h"
#include "assay/routing/router_file.h"
#include "assay/text/hashed_embedding.h"
#include "bench/measure.h"

namespace {

using namespace assay;

constexpr std::size_t kQueries = 12'032;
constexpr std::size_t kModels = 33;
constexpr std::size_t kTasks = 14;
constexpr std::size_t kDimensions = 256;
constexpr std::size_t kDecides = 100;  // neighbours of a decision

// Words with the frequencies of a language (Zipf), another part of them for each task; lengths as of MMLU-Pro.
std::string made_up_text(std::uint32_t task, Rng& rng) {
  std::string text;
  const std::size_t bytes = 150 + rng.below(900);
  while (text.size() < bytes) {
    const double rank = std::exp(rng.uniform() * std::log(2000.0));
    std::uint64_t word = static_cast<std::uint64_t>(rank) + (rank > 50 ? 100'000 * task : 0);
    word = word * 2654435761U % 1'000'003;
    for (std::size_t length = 2 + word % 9; length > 0; --length, word = word * 31 + 7) {
      text += static_cast<char>('a' + word % 26);
    }
    text += ' ';
  }
  return text;
}

struct MadeUpBenchmark {
  std::vector<std::string> texts;
  std::vector<Correctness> cells;
  std::vector<std::uint32_t> task, same_text;
  std::vector<float> vectors;
};

MadeUpBenchmark made_up(std::size_t queries) {
  MadeUpBenchmark made;
  Rng rng(1);
  for (std::size_t i = 0; i < queries; ++i) {
    made.task.push_back(static_cast<std::uint32_t>(i % kTasks));
    made.same_text.push_back(static_cast<std::uint32_t>(i));
    made.texts.push_back(made_up_text(made.task.back(), rng));
    for (std::size_t j = 0; j < kModels; ++j) {
      const double chance = 0.2 + 0.05 * static_cast<double>((j * (made.task.back() + 1)) % 11);
      made.cells.push_back(rng.uniform() < chance ? Correctness::kRight : Correctness::kWrong);
    }
  }
  return made;
}

struct Timed {
  text::HashedEmbeddingFit hashed;
  route::RouterFit fit;
  route::SearchIndex index;
};

Timed fit_timed(MadeUpBenchmark& made, route::BenchmarkView& view) {
  Timed timed;
  const std::vector<std::string_view> corpus(made.texts.begin(), made.texts.end());
  made.vectors.resize(made.texts.size() * kDimensions);
  const std::clock_t before = std::clock();
  const double learn = seconds_of([&] { timed.hashed = text::fit_hashed_embedding(corpus, kDimensions, 0); });
  const text::HashedEmbedding embedding(timed.hashed.tables());
  const double embed = seconds_of([&] {
    parallel_for(made.texts.size(), 0, [&](std::size_t i) {
      embedding.embed(made.texts[i], std::span(made.vectors).subspan(i * kDimensions, kDimensions));
    });
  });
  view = {made.cells, made.task, made.same_text, kModels, kTasks, {made.vectors, kDimensions}};
  const double fit = seconds_of([&] { timed.fit = route::fit_router(view, 0); });
  const double index = seconds_of([&] { timed.index = route::build_index(view.vectors); });
  const double processor = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  fmt::print(
      "fit, {} queries x {} models, {} tasks: {:.2f} s (embedding learnt {:.2f}, texts embedded {:.2f}, "
      "router {:.2f}, index {:.2f}), {:.2f} s of all processors\n",
      made.texts.size(), kModels, kTasks, learn + embed + fit + index, learn, embed, fit, index, processor);
  if (!route::routes_queries(timed.fit.router(view)))
    fmt::print("nothing to route by ({:.1f} standard errors): decisions look at nothing\n",
               timed.fit.numbers.query.skill);
  return timed;
}

// As anybody would: every vector in turn, in doubles, all sorted.
std::vector<std::pair<double, std::size_t>> plain_search(const neighbours::VectorView& vectors,
                                                         std::span<const float> query) {
  std::vector<std::pair<double, std::size_t>> all;
  for (std::size_t i = 0; i < vectors.count(); ++i) {
    double sum = 0;
    for (std::size_t p = 0; p < query.size(); ++p) sum += static_cast<double>(vectors.at(i)[p]) * query[p];
    all.emplace_back(-sum, i);
  }
  std::sort(all.begin(), all.end());
  return all;
}

void bench_fit_and_decide() {
  MadeUpBenchmark made = made_up(kQueries);
  route::BenchmarkView view;
  const Timed timed = fit_timed(made, view);
  route::RouterContents contents;
  contents.router = timed.fit.router(view);
  contents.router.codes = timed.index.codes->view();
  for (std::size_t j = 0; j < kModels; ++j) contents.models.push_back("model" + std::to_string(j));
  for (std::size_t t = 0; t < kTasks; ++t) contents.tasks.push_back("task" + std::to_string(t));
  contents.parameters.assign(kModels, std::nan(""));
  contents.cost.assign(kModels, std::nan(""));
  contents.embedding = text::kHashedEmbedding;
  contents.hashed = timed.hashed.tables();
  const ScratchFolder folder;
  const std::string path = folder.file("x.router");
  const double write = seconds_of([&] { routing::write_router(path, contents); });
  std::vector<double> loads;
  for (int i = 0; i < 9; ++i) loads.push_back(seconds_of([&] { routing::RouterFile{path}; }));
  fmt::print("router of {:.1f} MB: written in {:.0f} ms, loaded in {:.2f} ms (median of 9)\n",
             static_cast<double>(std::filesystem::file_size(path)) / 1e6, 1e3 * write, 1e3 * median(loads));

  const routing::RouterFile file(path);
  Rng rng(2);
  std::vector<double> decisions, searches;
  std::vector<float> vector(kDimensions);
  const text::HashedEmbedding embedding(file.contents().hashed);
  std::size_t wins = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const std::string prompt = made_up_text(i % kTasks, rng);
    decisions.push_back(seconds_of([&] {
      embedding.embed(prompt, vector);
      const std::vector<double> chances = route::query_chances(file.router(), vector);
      wins += static_cast<std::size_t>(std::max_element(chances.begin(), chances.end()) - chances.begin());
    }));
    if (i < 50) searches.push_back(seconds_of([&] { wins += plain_search(view.vectors, vector)[0].second; }));
  }
  std::sort(decisions.begin(), decisions.end());
  fmt::print(
      "decision for one prompt: {:.3f} ms median, {:.3f} ms 99th percentile of 1000; sorting all distances "
      "alone takes {:.1f} times as long ({})\n",
      1e3 * decisions[500], 1e3 * decisions[990], median(searches) / decisions[500], wins % 10);
}

void bench_many(std::size_t count) {
  constexpr std::size_t kWide = 384;
  Rng rng(3);
  std::vector<float> centres(1000 * kWide), values(count * kWide);
  for (float& value : centres) value = static_cast<float>(rng.normal());
  const auto fill = [&](std::span<float> out, std::uint64_t i) {
    Rng own(4, i);
    const std::size_t centre = own.below(1000) * kWide;
    double squares = 0;
    for (std::size_t p = 0; p < kWide; ++p) {
      out[p] = centres[centre + p] + static_cast<float>(own.normal());
      squares += static_cast<double>(out[p]) * out[p];
    }
    for (float& value : out) value /= static_cast<float>(std::sqrt(squares));
  };
  parallel_for(count, 0, [&](std::size_t i) { fill(std::span(values).subspan(i * kWide, kWide), i); });
  std::vector<Correctness> cells(count * kModels);
  std::vector<std::uint32_t> task(count), text(count);
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = i % 3 == 0 ? Correctness::kRight : Correctness::kWrong;
  neighbours::NeighbourGraph graph;
  const neighbours::VectorView vectors{values, kWide};
  const double build = seconds_of([&] { graph = neighbours::build_graph(vectors); });
  route::Router router;
  router.benchmark = {cells, task, text, kModels, 1, vectors};
  router.graph = graph.view();
  const std::vector<double> accuracy(kModels, 0.3), mean(kWide, 0.0), weights(kWide * kModels, 0.001);
  router.accuracy = accuracy;
  router.query_ridge = {accuracy, mean, weights};
  router.numbers.query = {{0.5, 0.5, 0}, 0.5, 10};
  router.numbers.query_neighbours = 4;
  std::vector<double> decisions;
  std::vector<float> query(kWide);
  double found = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    fill(query, count + i);
    double best = 0;
    decisions.push_back(seconds_of([&] {
      const std::vector<double> chances = route::query_chances(router, query);
      best = *std::max_element(chances.begin(), chances.end());
    }));
    if (i >= 20 || best < 0) continue;
    const auto exact = neighbours::nearest(vectors, query, kDecides);
    const auto near = router.neighbours(query, kDecides);
    for (const neighbours::Neighbour& one : exact) {
      found += std::any_of(near.begin(), near.end(),
                           [&](const neighbours::Neighbour& n) { return n.index == one.index; })
                   ? 1
                   : 0;
    }
  }
  std::sort(decisions.begin(), decisions.end());
  fmt::print(
      "{} vectors of {} dimensions: graph built in {:.0f} s on one thread; decision {:.3f} ms median, {:.3f} ms "
      "99th percentile of 500; {:.1f} % of the {} nearest found\n",
      count, kWide, build, 1e3 * decisions[250], 1e3 * decisions[495], 100 * found / 20 / kDecides, kDecides);
}

}  // namespace

int main(int argc, char** argv) {
  bench_fit_and_decide();
  bench_many(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 50'000);
  return 0;
}

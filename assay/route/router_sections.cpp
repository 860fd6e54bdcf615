#include "assay/route/router_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/neighbours/codes.h"
#include "assay/neighbours/neighbour_graph.h"

namespace assay::route {
namespace {

constexpr std::uint64_t kMost = std::uint64_t{1} << 31U;  // queries; their product with models and dimensions fits

// Sizes, in the order of the section "shape".
struct Shape {
  std::uint64_t queries = 0, models = 0, tasks = 0, dimensions = 0;
  std::uint64_t votes = 0;  // numbers of neighbours
  std::uint64_t digest = 0;
  std::uint64_t entry = 0, top = 0;  // of the graph
};

std::string joined(std::span<const std::string> names) {
  std::string bytes;
  for (const std::string& name : names) bytes.append(name).push_back('\0');
  return bytes;
}

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// The numbers in the order of the section "numbers".
std::vector<double> flat(const RoutingNumbers& numbers) {
  std::vector<double> values;
  for (const StackingWeights* stacking : {&numbers.task, &numbers.query}) {
    values.insert(values.end(), stacking->weights.begin(), stacking->weights.end());
    values.insert(values.end(), {stacking->common_weight, stacking->skill});
  }
  values.push_back(numbers.query_neighbours);
  for (const std::uint32_t k : numbers.rule_neighbours) values.push_back(k);
  values.insert(values.end(),
                {numbers.bandwidth, numbers.query_penalty, numbers.query_spread, numbers.common_spread});
  return values;
}

std::vector<double> flat(const Guard& guard) {
  return {guard.risk,    guard.delta,  guard.cost_weight, guard.routes ? 1.0 : 0.0, guard.margin,
          guard.queries, guard.routed, guard.gain,        guard.least_gain};
}

class Parts {
 public:
  explicit Parts(std::span<const NamedBytes> sections) : sections_(sections) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }

  std::string_view bytes(std::string_view name) const {
    const NamedBytes* section = find(name);
    if (section == nullptr) throw DataError("section " + quoted(name) + " is missing");
    return section->bytes;
  }

  template <typename T>
  std::span<const T> numbers(std::string_view name, std::uint64_t count) const {
    const std::string_view content = bytes(name);
    if (content.size() % sizeof(T) != 0 || content.size() / sizeof(T) != count) {
      throw DataError(fmt::format("section {}: expected {} numbers of {} bytes, came {} bytes", quoted(name), count,
                                  sizeof(T), content.size()));
    }
    if (reinterpret_cast<std::uintptr_t>(content.data()) % alignof(T) != 0) {
      throw DataError("section " + quoted(name) + " does not begin where numbers can");
    }
    return {reinterpret_cast<const T*>(content.data()), static_cast<std::size_t>(count)};
  }

  std::vector<std::string> names(std::string_view name, std::uint64_t count) const {
    std::string_view rest = bytes(name);
    std::vector<std::string> result;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\0');
      if (end == std::string_view::npos) throw DataError("section " + quoted(name) + " ends within a name");
      result.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    if (result.size() != count) {
      throw DataError(fmt::format("section {}: expected {} names, came {}", quoted(name), count, result.size()));
    }
    return result;
  }

 private:
  const NamedBytes* find(std::string_view name) const {
    const auto at = std::find_if(sections_.begin(), sections_.end(),
                                 [&](const NamedBytes& section) { return section.name == name; });
    return at == sections_.end() ? nullptr : &*at;
  }

  std::span<const NamedBytes> sections_;
};

Shape read_shape(const Parts& parts) {
  const std::span<const std::uint64_t> values = parts.numbers<std::uint64_t>("shape", 8);
  const Shape shape{values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]};
  for (const std::uint64_t size : {shape.queries, shape.models, shape.tasks, shape.dimensions}) {
    if (size < 1 || size >= kMost)
      throw DataError(fmt::format("expected a size from 1 to 2^31 - 1, came {}", size));
  }
  if (shape.votes != kVotes) {
    throw DataError(fmt::format("expected {} numbers of neighbours, came {}", kVotes, shape.votes));
  }
  if (shape.models > kMost / shape.dimensions) throw DataError("sizes beyond what can be held");
  return shape;
}

double finite(double value) {
  if (!std::isfinite(value)) throw DataError(fmt::format("expected a finite number, came {}", value));
  return value;
}

std::uint32_t vote_index(double value) {
  if (!(value >= 0 && value < static_cast<double>(kVotes))) {
    throw DataError(fmt::format("expected the place of a number of neighbours, came {}", value));
  }
  return static_cast<std::uint32_t>(value);
}

RoutingNumbers read_numbers(const Parts& parts) {
  RoutingNumbers numbers;
  const std::span<const double> values = parts.numbers<double>("numbers", flat(numbers).size());
  std::size_t at = 0;
  for (StackingWeights* stacking : {&numbers.task, &numbers.query}) {
    for (double& weight : stacking->weights) weight = finite(values[at++]);
    stacking->common_weight = finite(values[at++]);
    stacking->skill = finite(values[at++]);
  }
  numbers.query_neighbours = vote_index(values[at++]);
  for (std::uint32_t& k : numbers.rule_neighbours) k = vote_index(values[at++]);
  for (double* value :
       {&numbers.bandwidth, &numbers.query_penalty, &numbers.query_spread, &numbers.common_spread}) {
    *value = finite(values[at++]);
  }
  if (!(numbers.bandwidth > 0)) throw DataError("expected a positive bandwidth");
  return numbers;
}

Guard read_guard(const Parts& parts) {
  Guard guard;
  const std::span<const double> values = parts.numbers<double>("guard", flat(guard).size());
  std::size_t at = 0;
  for (double* value : {&guard.risk, &guard.delta, &guard.cost_weight}) *value = finite(values[at++]);
  guard.routes = finite(values[at++]) != 0;
  for (double* value : {&guard.margin, &guard.queries, &guard.routed, &guard.gain, &guard.least_gain}) {
    *value = finite(values[at++]);
  }
  return guard;
}

LinearView read_linear(const Parts& parts, const Shape& shape, const std::string& name,
                       std::span<const double> accuracy) {
  return {accuracy, parts.numbers<double>(name + ".mean", shape.dimensions),
          parts.numbers<double>(name + ".weights", shape.dimensions * shape.models)};
}

void read_index(const Parts& parts, const Shape& shape, Router& router) {
  if (parts.has("codes")) {
    router.codes = neighbours::CodeView{parts.numbers<std::int8_t>("codes", shape.queries * shape.dimensions),
                                        parts.numbers<float>("scales", shape.queries)};
  }
  if (!parts.has("links")) return;
  const std::uint64_t links = parts.bytes("links").size() / sizeof(std::int32_t);
  if (shape.entry >= shape.queries || shape.top > 64) throw DataError("a neighbour graph without an entry");
  router.graph = neighbours::GraphView{
      parts.numbers<std::uint64_t>("offsets", shape.queries + 1), parts.numbers<std::int32_t>("links", links),
      static_cast<std::uint32_t>(shape.entry), static_cast<std::uint32_t>(shape.top)};
  neighbours::check_graph(*router.graph, shape.queries);
}

}  // namespace

std::uint64_t candidate_digest(std::span<const std::string> models) { return fnv1a(joined(models)); }

template <typename T>
void RouterSections::borrow(std::string name, std::span<const T> values) {
  sections_.push_back({std::move(name), {reinterpret_cast<const char*>(values.data()), values.size_bytes()}});
}

void RouterSections::own(std::string name, std::string bytes) {
  owned_.push_back(std::move(bytes));
  sections_.push_back({std::move(name), owned_.back()});
}

RouterSections::RouterSections(const RouterContents& contents) {
  const Router& router = contents.router;
  const BenchmarkView& benchmark = router.benchmark;
  Shape shape{benchmark.queries(),
              benchmark.models,
              benchmark.tasks,
              benchmark.vectors.dimensions,
              kVotes,
              candidate_digest(contents.models),
              0,
              0};
  if (router.graph) {
    shape.entry = router.graph->entry;
    shape.top = router.graph->top;
  }
  own("shape", bytes_of(std::vector<std::uint64_t>{shape.queries, shape.models, shape.tasks, shape.dimensions,
                                                   shape.votes, shape.digest, shape.entry, shape.top}));
  own("embedding", contents.embedding);
  own("models", joined(contents.models));
  own("tasks", joined(contents.tasks));
  borrow<double>("parameters", contents.parameters);
  borrow<double>("cost", contents.cost);
  own("numbers", bytes_of(flat(router.numbers)));
  if (router.guard) own("guard", bytes_of(flat(*router.guard)));
  borrow<double>("accuracy", router.accuracy);
  borrow<double>("task_accuracy", router.task_accuracy);
  borrow<double>("reliability", router.reliability);
  borrow<double>("distance", router.distance);
  borrow<double>("task_error", router.task_error);
  borrow<double>("task_known", router.task_known);
  borrow<double>("task_ridge.mean", router.task_ridge.mean);
  borrow<double>("task_ridge.weights", router.task_ridge.weights);
  borrow<double>("query_ridge.mean", router.query_ridge.mean);
  borrow<double>("query_ridge.weights", router.query_ridge.weights);
  borrow<std::uint32_t>("task", benchmark.task);
  borrow<std::uint32_t>("same_text", benchmark.same_text);
  borrow<Correctness>("cells", benchmark.cells);
  if (!benchmark.effect.empty()) borrow<float>("query_effect", benchmark.effect);
  if (!router.times.empty()) borrow<Seconds>("times", router.times);
  if (!contents.hashed.weights.empty()) {
    borrow<float>("hashed.weights", contents.hashed.weights);
    borrow<float>("hashed.projection", contents.hashed.projection);
    borrow<float>("hashed.familiar", std::span(&contents.hashed.familiar, 1));
  }
  if (router.codes) {
    borrow<std::int8_t>("codes", router.codes->codes);
    borrow<float>("scales", router.codes->scales);
  }
  if (router.graph) {
    borrow<std::uint64_t>("offsets", router.graph->offsets);
    borrow<std::int32_t>("links", router.graph->links);
  }
  borrow<float>("vectors", benchmark.vectors.values);
}

RouterContents router_contents(std::span<const NamedBytes> sections) {
  const Parts parts(sections);
  const Shape shape = read_shape(parts);
  RouterContents contents;
  contents.models = parts.names("models", shape.models);
  contents.tasks = parts.names("tasks", shape.tasks);
  if (candidate_digest(contents.models) != shape.digest) {
    throw DataError("the digest of the candidates is not that of their names");
  }
  contents.embedding = parts.bytes("embedding");
  const auto parameters = parts.numbers<double>("parameters", shape.models);
  const auto cost = parts.numbers<double>("cost", shape.models);
  contents.parameters.assign(parameters.begin(), parameters.end());
  contents.cost.assign(cost.begin(), cost.end());

  Router& router = contents.router;
  router.benchmark.models = shape.models;
  router.benchmark.tasks = shape.tasks;
  router.benchmark.cells = parts.numbers<Correctness>("cells", shape.queries * shape.models);
  router.benchmark.task = parts.numbers<std::uint32_t>("task", shape.queries);
  router.benchmark.same_text = parts.numbers<std::uint32_t>("same_text", shape.queries);
  router.benchmark.vectors = {parts.numbers<float>("vectors", shape.queries * shape.dimensions),
                              static_cast<std::size_t>(shape.dimensions)};
  router.accuracy = parts.numbers<double>("accuracy", shape.models);
  router.task_accuracy = parts.numbers<double>("task_accuracy", shape.tasks * shape.models);
  router.reliability = parts.numbers<double>("reliability", kVotes * shape.tasks * shape.models);
  router.distance = parts.numbers<double>("distance", kVotes * shape.tasks);
  router.task_error =
      parts.numbers<double>("task_error", parts.bytes("task_error").empty() ? 0 : shape.tasks * shape.models);
  router.task_known = parts.numbers<double>("task_known", shape.tasks * shape.models);
  router.task_ridge = read_linear(parts, shape, "task_ridge", router.accuracy);
  router.query_ridge = read_linear(parts, shape, "query_ridge", router.accuracy);
  router.numbers = read_numbers(parts);
  if (parts.has("query_effect")) {
    router.benchmark.effect = parts.numbers<float>("query_effect", shape.queries);
    const auto possible = [](float effect) { return effect >= -1 && effect <= 1; };  // a difference of scores
    if (!std::ranges::all_of(router.benchmark.effect, possible)) {
      throw DataError("section \"query_effect\": expected numbers from -1 to 1");
    }
  }
  if (parts.has("times")) router.times = parts.numbers<Seconds>("times", shape.queries * shape.models);
  if (parts.has("guard")) router.guard = read_guard(parts);
  read_index(parts, shape, router);
  if (parts.has("hashed.weights")) {
    contents.hashed = {parts.numbers<float>("hashed.weights", text::kNgramBuckets),
                       parts.numbers<float>("hashed.projection", text::kSketchSize * shape.dimensions)};
    if (parts.has("hashed.familiar")) {
      contents.hashed.familiar = parts.numbers<float>("hashed.familiar", 1)[0];
      if (!(contents.hashed.familiar >= 0 && contents.hashed.familiar <= 1)) {
        throw DataError("section \"hashed.familiar\": expected a share from 0 to 1");
      }
    }
  }
  return contents;
}

}  // namespace assay::route

// A router file in two ways: as bytes from a disk, and as the sections of a good router with some bytes changed, as
// if a checksum had let them through. Whatever is accepted must be usable.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "assay/file/section_file.h"
#include "assay/neighbours/codes.h"
#include "assay/neighbours/neighbour_graph.h"
#include "assay/route/fit.h"
#include "assay/route/query_routing.h"
#include "assay/route/router_sections.h"
#include "assay/route/routing_rule.h"
#include "tests/neighbours/sample_graph.h"
#include "tests/route/sample_benchmark.h"

namespace {

using namespace assay;

constexpr std::size_t kEdit = 5;  // bytes: the section, two of the place, what is done there, a byte

void use(const route::RouterContents& contents) {
  const route::Router& router = contents.router;
  if (router.benchmark.vectors.dimensions > 64 || router.models() > 64) return;
  const std::vector<float> query(router.benchmark.vectors.dimensions, 0.25F);
  route::query_chances(router, query);
  const route::TaskFeatures features = route::task_features(router, {query, query.size()}, {}, 1);
  std::vector<std::size_t> all(router.models());
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (const route::RoutingRuleEntry& entry : route::routing_rules()) {
    if (!entry.needs_truth) entry.rank({&router, &features, all, {}, contents.cost});
  }
}

struct Section {
  std::string name, bytes;
};

// A small router as a file would have it, with both indexes.
std::vector<Section> good_router() {
  const SampleBenchmark benchmark({.tasks = 4, .queries = 10, .models = 3, .dimensions = 4}, 1);
  const route::RouterFit fit = route::fit_router(benchmark.view(), 1);
  const neighbours::Codes codes = neighbours::encode(benchmark.view().vectors);
  const neighbours::NeighbourGraph graph = sample_graph(benchmark.view().vectors);
  route::RouterContents contents;
  contents.router = fit.router(benchmark.view());
  contents.router.codes = codes.view();
  contents.router.graph = graph.view();
  contents.models = {"a", "b", "c"};
  contents.tasks = {"p", "q", "r", "s"};
  contents.parameters = {7e9, 8e9, std::nan("")};
  contents.cost = {1, 2, std::nan("")};
  contents.embedding = "fuzz/4";
  const route::RouterSections sections(contents);
  std::vector<Section> result;
  for (const NamedBytes& section : sections.all()) result.push_back({section.name, std::string(section.bytes)});
  return result;
}

void edit(std::vector<Section>& sections, const unsigned char* with) {
  Section& section = sections[with[0] % sections.size()];
  if (section.bytes.empty()) return;
  const std::size_t place = (with[1] | std::size_t{with[2]} << 8U) % section.bytes.size();
  switch (with[3] % 8) {
    case 0: section.bytes.resize(place); break;
    case 1: section.bytes.insert(place, with[4], static_cast<char>(with[4])); break;
    case 2: sections.erase(sections.begin() + with[0] % static_cast<std::ptrdiff_t>(sections.size())); break;
    case 3: section.bytes[place] = static_cast<char>(section.bytes[place] ^ 1 << with[4] % 8); break;
    case 4: std::fill_n(section.bytes.begin(), std::min<std::size_t>(section.bytes.size(), 8), with[4]); break;
    default: section.bytes[place] = static_cast<char>(with[4]);
  }
}

// Bytes where numbers can begin, as in a mapped file.
class Aligned {
 public:
  explicit Aligned(std::string_view bytes)
      : words_(bytes.size() / sizeof(std::max_align_t) + 1), size_(bytes.size()) {
    if (!bytes.empty()) std::memcpy(words_.data(), bytes.data(), bytes.size());
  }
  std::string_view bytes() const { return {reinterpret_cast<const char*>(words_.data()), size_}; }

 private:
  std::vector<std::max_align_t> words_;
  std::size_t size_;
};

void try_sections(const unsigned char* data, std::size_t size) {
  static const std::vector<Section> kGood = good_router();
  std::vector<Section> sections = kGood;
  for (; size >= kEdit && !sections.empty(); data += kEdit, size -= kEdit) edit(sections, data);
  std::vector<Aligned> stored;
  std::vector<NamedBytes> named;
  stored.reserve(sections.size());
  for (const Section& section : sections) {
    stored.emplace_back(section.bytes);
    named.push_back({section.name, stored.back().bytes()});
  }
  use(route::router_contents(named));
}

void try_file(const unsigned char* data, std::size_t size) {
  const file::SectionKind kind{
      "\x93"
      "ROUTER\n",
      "router", route::kRouterVersion};
  const Aligned stored({reinterpret_cast<const char*>(data), size});
  use(route::router_contents(file::read_sections("fuzz", kind, stored.bytes())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    if (data[0] % 4 == 0) {
      try_file(data + 1, size - 1);
    } else {
      try_sections(data + 1, size - 1);
    }
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

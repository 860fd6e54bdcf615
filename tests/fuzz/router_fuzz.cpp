// A router file in two ways: as bytes from a disk, and as sections that a checksum has let through. Whatever is
// accepted must be usable.

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

#include "assay/core/error.h"
#include "assay/route/query_routing.h"
#include "assay/route/router_sections.h"
#include "assay/route/score.h"
#include "assay/store/section_file.h"

namespace {

using namespace assay;

void use(const RouterContents& contents) {
  const Router& router = contents.router;
  if (router.benchmark.vectors.dimensions > 64 || router.models() > 64) return;
  const std::vector<float> query(router.benchmark.vectors.dimensions, 0.25F);
  query_chances(router, query);
  const TaskEvidence evidence = look_at(router, {query, query.size()}, {}, 1);
  std::vector<std::size_t> all(router.models());
  for (std::size_t j = 0; j < all.size(); ++j) all[j] = j;
  for (const ScoreEntry& entry : scores()) {
    if (!entry.needs_truth) entry.rank({&router, &evidence, all, {}, contents.cost});
  }
}

// Sections of a tiny router: one byte of the input names a section, two its length, then its bytes.
std::vector<NamedBytes> sections_from(const unsigned char* data, std::size_t size,
                                      std::vector<std::vector<std::max_align_t>>& stored) {
  static constexpr const char* kNames[] = {"shape",
                                           "embedding",
                                           "models",
                                           "tasks",
                                           "parameters",
                                           "cost",
                                           "numbers",
                                           "accuracy",
                                           "task_accuracy",
                                           "reliability",
                                           "distance",
                                           "task_ridge.mean",
                                           "task_ridge.weights",
                                           "query_ridge.mean",
                                           "query_ridge.weights",
                                           "task",
                                           "same_text",
                                           "cells",
                                           "codes",
                                           "scales",
                                           "offsets",
                                           "links",
                                           "vectors"};
  std::vector<NamedBytes> sections;
  while (size >= 3) {
    const char* name = kNames[data[0] % std::size(kNames)];
    const std::size_t length = std::min<std::size_t>(size - 3, data[1] | data[2] << 8U);
    stored.emplace_back(length / sizeof(std::max_align_t) + 1);
    std::memcpy(stored.back().data(), data + 3, length);
    sections.push_back({name, {reinterpret_cast<const char*>(stored.back().data()), length}});
    data += 3 + length;
    size -= 3 + length;
  }
  return sections;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const bool whole_file = data[0] % 2 == 0;
  std::vector<std::vector<std::max_align_t>> stored;
  stored.reserve(size / 3 + 1);
  try {
    if (whole_file) {
      stored.emplace_back(size / sizeof(std::max_align_t) + 1);
      std::memcpy(stored.back().data(), data + 1, size - 1);
      const SectionKind kind{
          "\x93"
          "ROUTER\n",
          "router", kRouterVersion};
      use(router_contents(
          read_sections("fuzz", kind, {reinterpret_cast<const char*>(stored.back().data()), size - 1})));
    } else {
      use(router_contents(sections_from(data + 1, size - 1, stored)));
    }
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

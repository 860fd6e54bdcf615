#include "assay/routing/router_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/nearest_name.h"
#include "assay/core/parallel.h"
#include "assay/file/section_file.h"
#include "assay/store/name_list.h"

namespace assay::routing {
namespace {

constexpr file::SectionKind kKind{
    "\x93"
    "ROUTER\n",
    "router", route::kRouterVersion};

route::RouterContents read(const std::string& path, std::string_view bytes) {
  const std::vector<NamedBytes> sections = file::read_sections(path, kKind, bytes);
  try {
    return route::router_contents(sections);
  } catch (const DataError& error) {
    throw DataError(Location{path}, error.what());
  }
}

}  // namespace

RouterFile::RouterFile(const std::string& path, file::MappedFile::Keep keep)
    : path_(path), file_(path, keep), contents_(read(path, file_.bytes())) {
  if (!contents_.hashed.weights.empty()) hashed_.emplace(contents_.hashed);
}

std::vector<float> RouterFile::embed(const EmbeddingChoice& choice, const std::vector<std::string>& texts,
                                     std::size_t threads, std::vector<std::size_t>* unfamiliar) const {
  const std::string made_with = "the router was made with vectors of " + quoted(contents_.embedding);
  if (is_foreign(choice)) {
    std::size_t dimensions = 0;
    std::vector<embed::RefusedText> refused;
    std::vector<float> vectors = foreign_vectors(choice, texts, nullptr, dimensions, refused);
    if (!refused.empty()) {
      throw OracleError(fmt::format("the endpoint of embeddings refuses prompt {} of {}: {}", refused[0].text + 1,
                                    texts.size(), refused[0].why));
    }
    const std::string id = embedding_id(choice, dimensions);
    if (id != contents_.embedding) throw InvalidArgument(made_with + ", came vectors of " + quoted(id));
    return vectors;
  }
  const std::size_t d = contents_.router.benchmark.vectors.dimensions;
  std::vector<float> vectors(texts.size() * d);
  std::vector<char> familiar(texts.size());
  parallel_for(texts.size(), threads,
               [&](std::size_t i) { familiar[i] = embed(texts[i], std::span(vectors).subspan(i * d, d)) ? 1 : 0; });
  for (std::size_t i = 0; unfamiliar != nullptr && i < texts.size(); ++i) {
    if (familiar[i] == 0) unfamiliar->push_back(i);
  }
  return vectors;
}

std::vector<float> RouterFile::embed_queries(const EmbeddingChoice& choice, const std::vector<std::string>& texts,
                                             std::size_t threads) const {
  std::vector<std::size_t> unfamiliar;
  std::vector<float> vectors = embed(choice, texts, threads, &unfamiliar);
  const std::size_t d = contents_.router.benchmark.vectors.dimensions;
  for (const std::size_t i : unfamiliar) std::ranges::fill(std::span(vectors).subspan(i * d, d), 0.0F);
  return vectors;
}

bool RouterFile::embed(std::string_view text, std::span<float> out) const {
  if (!hashed_) {
    throw InvalidArgument("the router was made with vectors of " + quoted(contents_.embedding) +
                          "; expected vectors of that for the new queries, came texts");
  }
  return hashed_->embed(text, out);
}

std::size_t RouterFile::model(const std::string& name) const {
  constexpr std::size_t kMostNamed = 20, kNearest = 5;
  const std::vector<std::string>& models = contents_.models;
  const auto at = std::find(models.begin(), models.end(), name);
  if (at != models.end()) return static_cast<std::size_t>(at - models.begin());
  const std::string unknown = "the router knows no model " + quoted(name) + "; it knows ";
  if (models.size() <= kMostNamed) throw InvalidArgument(unknown + store::name_list(models, kMostNamed));
  throw InvalidArgument(unknown + fmt::format("{} models, the nearest are {}", models.size(),
                                              store::name_list(nearest_names(name, models, kNearest))));
}

std::vector<std::size_t> RouterFile::candidates(const std::vector<std::string>& models) const {
  std::vector<std::size_t> result(contents_.models.size());
  std::iota(result.begin(), result.end(), std::size_t{0});
  if (models.empty()) return result;
  result.clear();
  for (const std::string& name : models) result.push_back(model(name));
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

bool is_router(std::string_view start) { return start.starts_with(kKind.magic); }

void write_router(const std::string& path, const route::RouterContents& contents) {
  const route::RouterSections sections(contents);
  file::write_sections(path, kKind, sections.all());
}

}  // namespace assay::routing

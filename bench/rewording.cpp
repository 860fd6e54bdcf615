// How far decisions for single prompts survive rewording: a router is fitted on one half of MMLU-Pro
// (ASSAY_BENCH_DATA) and routes the other half as it is, and with typos, other case and without punctuation.

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "assay/app/import.h"
#include "assay/core/hash.h"
#include "assay/core/parallel.h"
#include "assay/core/rng.h"
#include "assay/route/fit.h"
#include "assay/route/query_routing.h"
#include "assay/routing/embedding_choice.h"
#include "assay/sim/route_part.h"
#include "assay/store/study.h"
#include "assay/text/hashed_embedding.h"
#include "bench/measure.h"

namespace {

using namespace assay;

constexpr std::size_t kDimensions = 256;

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

// Two neighbouring letters change places in this share of the words of four letters or more.
std::string with_typos(const std::string& text, double share, Rng& rng) {
  std::string result = text;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end - begin >= 4 && rng.uniform() < share) {
      const std::size_t at = begin + rng.below(end - begin - 1);
      std::swap(result[at], result[at + 1]);
    }
    begin = end + 1;
  }
  return result;
}

std::string upper_case(const std::string& text, Rng& /*rng*/) {
  std::string result = text;
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

std::string without_punctuation(const std::string& text, Rng& /*rng*/) {
  std::string result;
  for (const char c : text) {
    if (std::ispunct(static_cast<unsigned char>(c)) == 0) result += c;
  }
  return result;
}

struct Rewording {
  const char* name;
  std::function<std::string(const std::string&, Rng&)> change;
};

// The chosen models of the `test` queries, texts changed.
std::vector<std::size_t> decide(const route::Router& router, const text::HashedEmbedding& embedding,
                                const std::vector<std::string>& texts, const std::vector<std::size_t>& test,
                                const Rewording& rewording) {
  std::vector<std::size_t> all(router.models());
  for (std::size_t j = 0; j < all.size(); ++j) all[j] = j;
  std::vector<std::size_t> chosen(test.size());
  parallel_for(test.size(), 0, [&](std::size_t i) {
    Rng rng(1, test[i]);
    std::vector<float> vector(kDimensions);
    embedding.embed(rewording.change(texts[test[i]], rng), vector);
    chosen[i] = route::choose_for_query(router, route::query_chances(router, vector), all, {}, 0);
  });
  return chosen;
}

void measure(const store::Benchmark& benchmark, const std::vector<std::string>& texts) {
  std::vector<std::size_t> training, test;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    (mix64(benchmark.queries.same_text[i] + 2 * kGoldenGamma) >> 63U == 0 ? training : test).push_back(i);
  }
  std::vector<std::string_view> corpus;
  for (const std::size_t i : training) corpus.emplace_back(texts[i]);
  const text::HashedEmbeddingFit fit = text::fit_hashed_embedding(corpus, kDimensions, 0);
  const text::HashedEmbedding embedding(fit.tables());
  std::vector<float> vectors(texts.size() * kDimensions);
  parallel_for(texts.size(), 0, [&](std::size_t i) {
    embedding.embed(texts[i], std::span(vectors).subspan(i * kDimensions, kDimensions));
  });
  const sim::RoutePart part(benchmark.table, benchmark.queries.same_text, vectors, kDimensions, training);
  const route::RouterFit router_fit = route::fit_router(part.view(), 0);
  const route::Router router = router_fit.router(part.view());

  const std::vector<Rewording> rewordings = {
      {"as it is", [](const std::string& text, Rng&) { return text; }},
      {"typo in 5 % of the words", [](const std::string& text, Rng& rng) { return with_typos(text, 0.05, rng); }},
      {"typo in 20 % of the words", [](const std::string& text, Rng& rng) { return with_typos(text, 0.2, rng); }},
      {"upper case", upper_case},
      {"no punctuation", without_punctuation}};
  const std::vector<std::size_t> plain = decide(router, embedding, texts, test, rewordings[0]);
  for (const Rewording& rewording : rewordings) {
    const std::vector<std::size_t> chosen = decide(router, embedding, texts, test, rewording);
    double same = 0, right = 0, change = 0, squares = 0;
    for (std::size_t i = 0; i < test.size(); ++i) {
      const auto is_right = [&](std::size_t model) {
        return benchmark.table.at(query_id(test[i]), model_id(model)) == Correctness::kRight ? 1.0 : 0.0;
      };
      const double difference = is_right(chosen[i]) - is_right(plain[i]);
      same += chosen[i] == plain[i] ? 1 : 0;
      right += is_right(chosen[i]);
      change += difference;
      squares += difference * difference;
    }
    const auto n = static_cast<double>(test.size());
    fmt::print("{:26} {:5.1f} % the same model, {:.2f} % right, {:+.2f} ({:.2f}) points\n", rewording.name,
               100 * same / n, 100 * right / n, 100 * change / n, 100 * std::sqrt(squares) / n);
  }
}

}  // namespace

int main() {
  const char* data = std::getenv("ASSAY_BENCH_DATA");
  const std::string folder = data == nullptr ? "" : std::string(data) + "/mmlu_pro/";
  if (folder.empty() || !std::filesystem::exists(folder + "questions.jsonl")) {
    fmt::print("skipped: ASSAY_BENCH_DATA does not name a folder with mmlu_pro\n");
    return 0;
  }
  const ScratchFolder scratch;
  const std::string path = scratch.file("mmlu.assay");
  app::ImportRequest predictions;
  predictions.format = "csv";
  predictions.paths = {folder + "predictions.csv"};
  predictions.study = path;
  predictions.options.gold = "answer";
  predictions.options.task = "category";
  predictions.options.ignore = {"src", "hist:merged", "DeepSeek-Coder-V2"};
  app::run_import(predictions);
  app::ImportRequest questions;
  questions.format = "jsonl";
  questions.paths = {folder + "questions.jsonl"};
  questions.study = path;
  app::run_import(questions);
  const store::Study study(path, store::Study::Mode::read);
  const store::Benchmark benchmark = study.benchmark({});
  measure(benchmark, study.prompts(benchmark.queries.names));
  return 0;
}

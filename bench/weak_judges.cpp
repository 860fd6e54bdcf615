// The ten weak judges on AlpacaEval, beside the slow reference of the tests on a few of its queries (order 3
// alone).

#include "assay/select/weak_judges.h"

#include <fmt/format.h>

#include "assay/app/import.h"
#include "assay/store/study.h"
#include "bench/measure.h"
#include "tests/reference/kgram.h"

namespace {

using namespace assay;

constexpr int kRuns = 5;
constexpr std::size_t kReferenceQueries = 4;
constexpr std::size_t kReferenceOrder = 3;

// Seconds of the reference for one order, a text and a million tokens of its query.
double reference_seconds(const ResponseTable& responses) {
  double seconds = 0;
  double work = 0;
  for (std::size_t q = 0; q < kReferenceQueries; ++q) {
    std::vector<std::string_view> texts;
    for (std::size_t j = 0; j < responses.models(); ++j) texts.push_back(responses.at(query_id(q), model_id(j)));
    const text::TokenSequence sequence = text::tokenize(texts, text::TokenKind::word);
    std::vector<std::vector<std::uint32_t>> tokens;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      tokens.emplace_back(sequence.text(i).begin(), sequence.text(i).end());
    }
    seconds += seconds_of(
        [&] { reference_kgram_likelihood(tokens, 0, kReferenceOrder, sequence.vocabulary, text::KgramOptions{}); });
    work += static_cast<double>(sequence.tokens.size());
  }
  return seconds / work * 1e6;
}

double fast_seconds(const ResponseTable& responses) {
  double seconds = 0;
  double work = 0;
  for (std::size_t q = 0; q < kReferenceQueries; ++q) {
    std::vector<std::string_view> texts;
    for (std::size_t j = 0; j < responses.models(); ++j) texts.push_back(responses.at(query_id(q), model_id(j)));
    const text::TokenSequence sequence = text::tokenize(texts, text::TokenKind::word);
    text::KgramOptions options;
    options.max_order = kReferenceOrder;
    seconds += seconds_of([&] { text::kgram_likelihoods(sequence, options); });
    work += static_cast<double>(sequence.tokens.size());
  }
  return seconds / work * 1e6;
}

}  // namespace

int main() {
  const std::filesystem::path results = alpaca_eval_results();
  if (results.empty()) {
    fmt::print("weak judges: skipped, ASSAY_BENCH_DATA names no folder with alpaca_eval/results\n");
    return 0;
  }
  const ScratchFolder folder;
  app::run_import(
      {.format = "alpaca-eval", .paths = {results.string()}, .study = folder.file("a.assay"), .options = {}});
  const store::Study study(folder.file("a.assay"), store::Study::Mode::read);
  const store::Comparison comparison = study.comparison({});
  const ResponseTable responses = study.responses(comparison);

  std::vector<double> characters;
  std::vector<double> words;
  std::vector<double> ratios;
  for (int run = 0; run < kRuns; ++run) {
    select::WeakJudgeOptions options;
    characters.push_back(seconds_of([&] { select::judge_weakly(responses, options); }));
    options.tokens = text::TokenKind::word;
    words.push_back(seconds_of([&] { select::judge_weakly(responses, options); }));
    ratios.push_back(reference_seconds(responses) / fast_seconds(responses));
  }
  fmt::print("weak judges: AlpacaEval, {} models x {} queries, ten orders, median of {} runs\n",
             comparison.models.size(), comparison.queries.size(), kRuns);
  fmt::print("  characters (default)  {:.2f} s (target: below 5 s)\n  words                 {:.2f} s\n",
             median(characters), median(words));
  fmt::print("  all texts of a query, orders 1 .. {}: {:.0f} times faster than the reference scores one text\n",
             kReferenceOrder, median(ratios));
}

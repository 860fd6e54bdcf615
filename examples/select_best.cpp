// Finds the best of five models with a judge of one's own, asking it about few of the answers. Here the models
// copy sentences and slip, each at its own rate, and the judge counts the right words; yours may be a person or an
// LLM.

#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/responses.h"
#include "assay/core/version.h"
#include "assay/select/selection.h"
#include "assay/select/strategy.h"
#include "assay/select/weak_judges.h"

namespace {

using namespace assay;

constexpr std::size_t kQueries = 200;
constexpr std::size_t kWords = 12;
constexpr std::size_t kBudget = 40;                                 // queries to be judged of the 200
const std::vector<double> kSlips = {0.30, 0.12, 0.25, 0.20, 0.35};  // chance of a wrong word: model 1 is the best
constexpr double kBaselineSlips = 0.28;

/// The sentence of `query` with slips; words are numbers.
std::string answer(std::size_t query, double slips, std::mt19937_64& random) {
  std::string text;
  for (std::size_t i = 0; i < kWords; ++i) {
    const bool slip = static_cast<double>(random() % 1000) < 1000 * slips;
    text += "w" + std::to_string(slip ? 100000 + random() % 100000 : (query * kWords + i) % 997) + " ";
  }
  return text;
}

ResponseTable ask_models() {
  ResponseTable responses(kQueries, kSlips.size());
  std::mt19937_64 random(7);
  for (std::size_t q = 0; q < kQueries; ++q) {
    responses.set_baseline(query_id(q), answer(q, kBaselineSlips, random));
    for (std::size_t j = 0; j < kSlips.size(); ++j) {
      responses.set(query_id(q), model_id(j), answer(q, kSlips[j], random));
    }
  }
  return responses;
}

/// Your judge: is the model's answer better than the baseline's? Here the one with fewer slips is; slips are long
/// words.
Outcome judge(const ResponseTable& responses, const Call& call) {
  const auto wrong = [](std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find('w', at)) != std::string_view::npos; ++at) {
      const std::size_t end = text.find(' ', at);
      if (end - at > 6) ++count;
    }
    return count;
  };
  const std::size_t model = wrong(responses.at(call.query, call.model));
  const std::size_t baseline = wrong(responses.baseline(call.query));
  return model < baseline ? Outcome::win : model > baseline ? Outcome::loss : Outcome::draw;
}

}  // namespace

int main() {
  std::printf("assay %s\n", std::string(version()).c_str());
  const ResponseTable responses = ask_models();
  const auto weak = std::make_shared<const select::WeakVerdicts>(select::judge_weakly(responses, {}));

  std::vector<QueryId> pool;
  for (std::size_t q = 0; q < kQueries; ++q) pool.push_back(query_id(q));
  const select::StrategyEntry& entry = select::strategy("llm-selector");
  select::Selection selection(entry, {.models = kSlips.size(), .pool = pool, .weak = weak, .seed = 1}, {},
                              entry.returns);

  std::vector<Call> calls;
  while (selection.calls() < kBudget * kSlips.size()) {
    calls.clear();
    selection.propose(kSlips.size(), calls);  // this strategy asks for all models of a query
    if (calls.empty()) break;
    std::vector<Verdict> verdicts;
    for (const Call& call : calls) verdicts.push_back({call, judge(responses, call)});
    selection.observe(verdicts);
  }

  const std::vector<double> posterior = selection.posterior();
  for (std::size_t j = 0; j < kSlips.size(); ++j) {
    std::printf("model %zu: win rate %5.2f %%, best with probability %5.2f %%\n", j,
                100 * selection.tallies()[j].rate(), 100 * posterior[j]);
  }
  std::printf("best: model %zu, after %zu of %zu judge calls\n", index(selection.best()), selection.calls(),
              kQueries * kSlips.size());
}

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/answering/candidate.h"
#include "assay/judge/prices.h"
#include "assay/store/study.h"

namespace assay::asking {

/// Tokens of an answer of which nothing is known.
inline constexpr std::size_t kLikelyAnswer = 400;

/// Dollars that an answer of `tokens` to a prompt of `prompt_bytes` will probably cost; empty without a price.
std::optional<double> likely_cost(const answering::Candidate& candidate, std::size_t prompt_bytes,
                                  std::size_t tokens);

/// By what one of two models that are both good enough is preferred: the smaller value.
enum class Preference : std::uint8_t {
  price,    ///< Dollars that an answered prompt costs.
  latency,  ///< Seconds from a request to the whole answer.
  size,     ///< Number of weights.
};

/// "price", "latency" or "size".
std::string_view name(Preference preference);

/// What is told of the candidates' prices.
struct CandidatePriceOptions {
  std::string file = {};  ///< As judge::PriceList, of models as the study calls them. Empty: what the study knows.
  Preference prefer = Preference::price;
};

/// What an answer of each candidate costs, and of the baseline.
struct CandidatePrices {
  Preference prefer = Preference::price;
  std::vector<double> of_models;  ///< m, of an answered prompt; NaN where it is not known.
  double of_baseline = 0;         ///< Likewise.
  /// n x m dollars that generating the answer to this query costs; empty unless `prefer` is price.
  std::vector<double> of_answers = {};
  /// m, dollars per million tokens: as the study or the file has it, else what answers cost by their tokens. Empty
  /// unless `prefer` is price.
  std::vector<double> per_million = {};
  /// m: mean time of an answer, NaN where unknown. Empty unless `prefer` is price.
  std::vector<double> seconds = {};
  std::size_t answered = 0;              ///< Of the n x m answers, how many the study has.
  std::vector<std::string> listed = {};  ///< Models that the file has prices of.
};

/// Prices are means over the queries of `comparison`. Tokens are those that imports told, else what is likely from
/// the texts (judge::likely_tokens). A response that is missing counts as the mean of the model's others; where
/// there is none of the model, as that of all models, and where there is none at all, 400 tokens. Where the file
/// has no price of a model, or there is none, an answer costs what the import told, else by the model's price in
/// the study, which is that of all tokens. Throws Error and DataError for a file that can't be used.
///
///     candidate_prices(study, comparison, {.file = "prices.json"}).of_models[0];  // 0.0021
CandidatePrices candidate_prices(const store::Study& study, const store::Comparison& comparison,
                                 const CandidatePriceOptions& options);

/// The same before anybody has answered: by the candidates' own prices, an answer being `kLikelyAnswer` tokens long
/// whoever gives it, so that a run that goes on prefers as it did at its beginning. What costs nothing costs next
/// to nothing; NaN of models that are no candidates, or have no price.
CandidatePrices list_prices(const store::Study& study, const store::Comparison& comparison,
                            std::span<const answering::Candidate> candidates);

/// Of each candidate, and last of the baseline if `with_baseline`. Throws InvalidArgument that names the models
/// whose price is not known, or 0.
std::vector<double> known_prices(const CandidatePrices& prices, const store::Comparison& comparison,
                                 bool with_baseline);

/// n x m dollars that judging each answer costs, by a judge of this price that reads the prompt, the answer and the
/// baseline's if there is one, in both orders, and gives a short verdict. About: instructions are taken to have 400
/// tokens and a verdict 25.
std::vector<double> judging_prices(const store::Study& study, const store::Comparison& comparison,
                                   const judge::Price& price);

}  // namespace assay::asking

#include "assay/asking/candidate_prices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/file/whole_text.h"
#include "assay/store/name_list.h"

namespace assay::asking {
namespace {

constexpr double kPerMillion = 1e6;
constexpr double kInstructionTokens = 400;
constexpr double kVerdictTokens = 25;
constexpr double kUnknownPrice = std::numeric_limits<double>::quiet_NaN();

// Of one model: what answering each query takes, what is not known at its mean.
struct Column {
  std::vector<double> tokens_in;
  std::vector<double> tokens_out;
  std::vector<double> told;  // dollars, by the import; NaN: not told
  double mean_seconds = kUnknownPrice;
};

double likely(std::size_t bytes) { return static_cast<double>(judge::likely_tokens(bytes)); }

double mean_of_known(const std::vector<double>& values) {
  double sum = 0;
  double count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / count : kUnknownPrice;
}

// All answers of a comparison, read once.
class Answers {
 public:
  Answers(const store::Study& study, const store::Comparison& comparison)
      : columns_(comparison.models.size() + 1),
        prompts_(study.prompts(comparison.queries)),
        uses_(study.answer_uses(comparison)) {}

  Column column(std::size_t model) const {
    Column result;
    std::vector<double> seconds;
    for (std::size_t q = 0; q < prompts_.size(); ++q) {
      const store::AnswerUse& use = uses_[q * columns_ + model];
      result.tokens_in.push_back(use.tokens_in ? static_cast<double>(*use.tokens_in) : likely(prompts_[q].size()));
      result.tokens_out.push_back(use.tokens_out ? static_cast<double>(*use.tokens_out)
                                  : use.answered ? likely(use.bytes)
                                                 : kUnknownPrice);
      result.told.push_back(use.dollars.value_or(kUnknownPrice));
      if (use.seconds) seconds.push_back(*use.seconds);
    }
    double mean = mean_of_known(result.tokens_out);
    if (std::isnan(mean)) mean = usual_tokens();
    for (double& tokens : result.tokens_out) tokens = std::isnan(tokens) ? mean : tokens;
    result.mean_seconds = mean_of_known(seconds);
    return result;
  }
  // Of all models' answers.
  double usual_tokens() const {
    double sum = 0;
    double count = 0;
    for (const store::AnswerUse& use : uses_) {
      if (!use.answered) continue;
      sum += use.tokens_out ? static_cast<double>(*use.tokens_out) : likely(use.bytes);
      ++count;
    }
    return count > 0 ? sum / count : static_cast<double>(kLikelyAnswer);
  }
  double prompt_tokens(std::size_t query) const { return likely(prompts_[query].size()); }
  std::size_t queries() const { return prompts_.size(); }
  // Without the baseline's.
  std::size_t answered() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      count += i % columns_ + 1 < columns_ && uses_[i].answered ? std::size_t{1} : std::size_t{0};
    }
    return count;
  }

 private:
  std::size_t columns_;
  std::vector<std::string> prompts_;
  std::vector<store::AnswerUse> uses_;
};

double dollars_at(const judge::Price& price, double tokens_in, double tokens_out) {
  return (tokens_in * price.in.dollars() + tokens_out * price.out.dollars()) / kPerMillion;
}

std::vector<double> generation(const Column& column, const std::optional<judge::Price>& price) {
  std::vector<double> dollars(column.tokens_in.size(), kUnknownPrice);
  if (!price) return dollars;
  for (std::size_t q = 0; q < dollars.size(); ++q) {
    dollars[q] = dollars_at(*price, column.tokens_in[q], column.tokens_out[q]);
  }
  return dollars;
}

// What was paid is known better than what a price comes to; where only some is told, the others cost their mean.
void take_told(const Column& column, std::vector<double>& dollars) {
  const double mean = mean_of_known(column.told);
  for (std::size_t q = 0; q < dollars.size(); ++q) {
    if (!std::isnan(column.told[q])) {
      dollars[q] = column.told[q];
    } else if (std::isnan(dollars[q])) {
      dollars[q] = mean;
    }
  }
}

double per_million(const Column& column, const std::vector<double>& dollars) {
  double paid = 0, tokens = 0;
  for (std::size_t q = 0; q < dollars.size(); ++q) {
    if (std::isnan(dollars[q])) continue;
    paid += dollars[q];
    tokens += column.tokens_in[q] + column.tokens_out[q];
  }
  return tokens > 0 ? kPerMillion * paid / tokens : kUnknownPrice;
}

}  // namespace

std::optional<double> likely_cost(const answering::Candidate& candidate, std::size_t prompt_bytes,
                                  std::size_t tokens) {
  if (!candidate.price) return std::nullopt;
  const double in = likely(prompt_bytes + candidate.system.size());
  return dollars_at(*candidate.price, in, static_cast<double>(std::min(tokens, candidate.max_tokens)));
}

std::string_view name(Preference preference) {
  switch (preference) {
    case Preference::latency: return "latency";
    case Preference::size: return "size";
    case Preference::price: break;
  }
  return "price";
}

CandidatePrices candidate_prices(const store::Study& study, const store::Comparison& comparison,
                                 const CandidatePriceOptions& options) {
  CandidatePrices prices{.prefer = options.prefer, .of_models = {}};
  std::vector<std::string> names = comparison.models;
  names.push_back(comparison.baseline);
  const std::vector<store::ModelFacts> facts = study.facts(names);
  judge::PriceList list;
  if (!options.file.empty()) list = judge::PriceList::from_json(file::whole_text(options.file), options.file);
  prices.listed = list.models();
  const Answers answers(study, comparison);
  const std::size_t models = comparison.models.size();
  prices.answered = answers.answered();
  const bool of_price = options.prefer == Preference::price;
  if (of_price) prices.of_answers.assign(answers.queries() * models, kUnknownPrice);
  std::vector<double> means;
  for (std::size_t j = 0; j < names.size(); ++j) {
    if (options.prefer == Preference::size) {
      means.push_back(facts[j].parameters > 0 ? facts[j].parameters : kUnknownPrice);
      continue;
    }
    const Column column = answers.column(j);
    if (options.prefer == Preference::latency) {
      means.push_back(column.mean_seconds);
      continue;
    }
    const std::optional<judge::Price> listed = list.of(names[j]);
    std::optional<judge::Price> price = listed;
    if (!price && facts[j].price) price = judge::Price{{*facts[j].price}, {*facts[j].price}, {}};
    std::vector<double> dollars = generation(column, price);
    if (!listed) take_told(column, dollars);
    means.push_back(mean_of_known(dollars));
    prices.seconds.push_back(column.mean_seconds);
    const bool by_tokens = !listed && facts[j].price;
    prices.per_million.push_back(by_tokens ? Money{*facts[j].price}.dollars() : per_million(column, dollars));
    for (std::size_t q = 0; j < models && q < dollars.size(); ++q) prices.of_answers[q * models + j] = dollars[q];
  }
  prices.of_baseline = means.back();
  means.pop_back();
  if (of_price) {
    prices.per_million.pop_back();
    prices.seconds.pop_back();
  }
  prices.of_models = std::move(means);
  return prices;
}

CandidatePrices list_prices(const store::Study& study, const store::Comparison& comparison,
                            std::span<const answering::Candidate> candidates) {
  constexpr double kNextToNothing = 1e-12;
  double bytes = 0;
  for (const std::string& prompt : study.prompts(comparison.queries)) bytes += static_cast<double>(prompt.size());
  bytes /= static_cast<double>(std::max<std::size_t>(1, comparison.queries.size()));
  const auto price_of = [&](const std::string& name) {
    const auto candidate = std::ranges::find(candidates, name, &answering::Candidate::name);
    if (candidate == candidates.end()) return kUnknownPrice;
    const std::optional<double> dollars = likely_cost(*candidate, static_cast<std::size_t>(bytes), kLikelyAnswer);
    return dollars ? std::max(*dollars, kNextToNothing) : kUnknownPrice;
  };
  CandidatePrices prices{.of_models = {}, .of_baseline = price_of(comparison.baseline)};
  for (const std::string& name : comparison.models) prices.of_models.push_back(price_of(name));
  return prices;
}

std::vector<double> known_prices(const CandidatePrices& prices, const store::Comparison& comparison,
                                 bool with_baseline) {
  std::vector<double> values = prices.of_models;
  std::vector<std::string> names = comparison.models;
  if (with_baseline) {
    values.push_back(prices.of_baseline);
    names.push_back(comparison.baseline);
  }
  std::vector<std::string> unknown;
  for (std::size_t j = 0; j < values.size(); ++j) {
    if (!(values[j] > 0)) unknown.push_back(names[j]);
  }
  if (unknown.empty()) return values;
  const std::string_view what = name(prices.prefer);
  throw InvalidArgument(fmt::format(
      "expected the {} of every model, above 0; that of {} is not known: {}", what, store::name_list(unknown),
      prices.prefer == Preference::price ? "give it in `candidate_prices`, or compare others by `models`"
                                         : "import it, or compare others by `models`"));
}

std::vector<double> judging_prices(const store::Study& study, const store::Comparison& comparison,
                                   const judge::Price& price) {
  const Answers answers(study, comparison);
  const std::size_t models = comparison.models.size();
  const bool pairs = !comparison.baseline.empty();
  const std::vector<double> opponent = pairs ? answers.column(models).tokens_out : std::vector<double>();
  const double orders = pairs ? 2 : 1;
  std::vector<double> dollars(answers.queries() * models);
  for (std::size_t j = 0; j < models; ++j) {
    const std::vector<double> tokens = answers.column(j).tokens_out;
    for (std::size_t q = 0; q < answers.queries(); ++q) {
      const double read = kInstructionTokens + answers.prompt_tokens(q) + tokens[q] + (pairs ? opponent[q] : 0);
      dollars[q * models + j] = orders * dollars_at(price, read, kVerdictTokens);
    }
  }
  return dollars;
}

}  // namespace assay::asking

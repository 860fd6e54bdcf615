#include "assay/judge/prices.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "assay/core/surrogates.h"
#include "assay/core/utf8.h"

namespace assay::judge {
namespace {

constexpr std::int64_t kDearest = 1'000'000'000'000;

using Json = nlohmann::json;

Money amount(const Json& price, const char* what, const std::string& model, std::string_view name) {
  const auto found = price.is_object() ? price.find(what) : price.end();
  const bool fits = price.is_object() && found != price.end() && found->is_number_integer();
  const std::int64_t micros = fits ? found->get<std::int64_t>() : -1;
  if (micros >= 0 && micros <= kDearest) return {micros};
  const std::string came = price.is_object() && found != price.end()
                               ? assay::quoted(found->dump(-1, ' ', true, Json::error_handler_t::replace))
                               : "nothing";
  throw DataError(
      {name}, fmt::format("expected \"{}\" of model {} in whole micro-dollars per million tokens, 0 to {}, came {}",
                          what, assay::quoted(model), kDearest, came));
}

// ceil(tokens * price / 10^6)
std::int64_t part(std::uint64_t tokens, Money price) {
  __extension__ using Wide = unsigned __int128;
  const Wide exact = static_cast<Wide>(tokens) * static_cast<Wide>(price.micros);
  return static_cast<std::int64_t>((exact + 999'999) / 1'000'000);
}

}  // namespace

Money cost(const Price& price, std::uint64_t tokens_in, std::uint64_t tokens_out) {
  return {part(tokens_in, price.in) + part(tokens_out, price.out)};
}

PriceList PriceList::from_json(std::string_view text, std::string_view name) {
  std::string mended(text);
  mend_surrogates(mended);
  const Json tree = Json::parse(mended, nullptr, /*allow_exceptions=*/false);
  if (!tree.is_object()) {
    throw DataError({name},
                    "expected an object {\"MODEL\": {\"in\": N, \"out\": N}, ...}, came " + assay::quoted(text));
  }
  PriceList list;
  for (const auto& [model, price] : tree.items()) {
    list.prices_[model] = {amount(price, "in", model, name), amount(price, "out", model, name)};
  }
  return list;
}

std::optional<Price> PriceList::of(std::string_view model) const {
  const auto found = prices_.find(model);
  if (found == prices_.end()) return std::nullopt;
  return found->second;
}

bool Budget::reserve(Money amount) {
  if (most_ && spent_ + reserved_ + amount > *most_) return false;
  reserved_ += amount;
  return true;
}

void Budget::settle(Money amount, Money cost) {
  reserved_ -= amount;
  spent_ += cost;
}

}  // namespace assay::judge

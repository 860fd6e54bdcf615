#include "assay/judge/prices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/http/checked_json.h"

namespace assay::judge {
namespace {

constexpr std::int64_t kDearest = 1'000'000'000'000;  // micro-dollars
constexpr double kDearestDollars = 10'000;            // beyond any model: micro-dollars that are called dollars
constexpr std::int64_t kCheapestUntold = 1'000;       // below any model: dollars without their unit
constexpr const char* kDollarForm = R"({"in": 0.15, "out": 0.6, "unit": "dollars"})";

using PriceJson = http::ApiJson;

enum class Unit : std::uint8_t { untold, micro_dollars, dollars };

std::string shown(const PriceJson& json) {
  return assay::quoted(json.dump(-1, ' ', true, PriceJson::error_handler_t::replace));
}

// A number that is taken for another unit is wrong by a factor of a million, and with it the limit of cost: what
// may be meant in two ways is refused.
class PriceReader {
 public:
  PriceReader(std::string_view file, const std::string& model, const PriceJson& price)
      : file_(file), model_(model), price_(price) {}

  Price read() const {
    if (!price_.is_object()) {
      fail(fmt::format("expected {} as the price of model {}, came {}", kDollarForm, assay::quoted(model_),
                       shown(price_)));
    }
    for (const auto& [key, value] : price_.items()) {
      if (key == "in" || key == "out" || key == "cached_in" || key == "unit") continue;
      fail(fmt::format("expected \"in\", \"out\" and perhaps \"cached_in\" and \"unit\" of model {}, came {}",
                       assay::quoted(model_), assay::quoted(key)));
    }
    const Unit unit = unit_of();
    Price price{amount("in", unit), amount("out", unit), {}};
    if (price_.contains("cached_in")) price.cached_in = amount("cached_in", unit);
    return price;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw DataError({file_}, what); }

  Unit unit_of() const {
    const auto found = price_.find("unit");
    if (found == price_.end()) return Unit::untold;
    if (*found == "dollars") return Unit::dollars;
    if (*found == "micro-dollars") return Unit::micro_dollars;
    fail(fmt::format("expected \"dollars\" or \"micro-dollars\" as the unit of model {}, came {}",
                     assay::quoted(model_), shown(*found)));
  }

  Money amount(const char* what, Unit unit) const {
    const auto found = price_.find(what);
    const bool there = found != price_.end();
    if (unit == Unit::dollars) return dollars(what, there ? &*found : nullptr);
    const std::int64_t micros = there && found->is_number_integer() ? found->get<std::int64_t>() : -1;
    const bool dollars_meant = unit == Unit::untold && micros > 0 && micros < kCheapestUntold;
    if (micros >= 0 && micros <= kDearest && !dollars_meant) return {micros};
    std::string hint;
    if (dollars_meant) hint = ", less than any model costs; if that is meant, add \"unit\": \"micro-dollars\"";
    if (there && found->is_number()) hint += fmt::format("; dollars are written {}", kDollarForm);
    fail(fmt::format("expected \"{}\" of model {} in whole micro-dollars per million tokens, 0 to {}, came {}{}",
                     what, assay::quoted(model_), kDearest, there ? shown(*found) : "nothing", hint));
  }

  Money dollars(const char* what, const PriceJson* found) const {
    const double value = found != nullptr && found->is_number() ? found->get<double>() : -1;
    if (value >= 0 && value <= kDearestDollars) {
      const double micros = value * 1e6;
      const double whole = std::round(micros);
      constexpr double kRounding = 1e-4;  // what 0.15 and the like are off, at most
      if (std::abs(micros - whole) <= kRounding) return {static_cast<std::int64_t>(whole)};
    }
    fail(fmt::format(
        "expected \"{}\" of model {} in dollars per million tokens, 0 to {} with at most six decimals, came {}",
        what, assay::quoted(model_), kDearestDollars, found != nullptr ? shown(*found) : "nothing"));
  }

  std::string_view file_;
  const std::string& model_;
  const PriceJson& price_;
};

// ceil(tokens * price / 10^6)
std::int64_t part(std::uint64_t tokens, Money price) {
  __extension__ using Wide = unsigned __int128;
  const Wide exact = static_cast<Wide>(tokens) * static_cast<Wide>(price.micros);
  return static_cast<std::int64_t>((exact + 999'999) / 1'000'000);
}

}  // namespace

Money cost(const Price& price, std::uint64_t tokens_in, std::uint64_t tokens_out, std::uint64_t cached_in) {
  const std::uint64_t cached = price.cached_in ? std::min(cached_in, tokens_in) : 0;
  return {part(tokens_in - cached, price.in) + part(cached, price.cached_in.value_or(Money{})) +
          part(tokens_out, price.out)};
}

double exact_dollars(const Price& price, std::uint64_t tokens_in, std::uint64_t tokens_out) {
  constexpr double kMillionMillions = 1e12;
  const auto exact = [](std::uint64_t tokens, Money money) {
    return static_cast<double>(tokens) * static_cast<double>(money.micros);  // a whole number, so nothing is lost
  };
  return (exact(tokens_in, price.in) + exact(tokens_out, price.out)) / kMillionMillions;
}

Price halved(const Price& price) {
  const auto half = [](Money money) { return Money{(money.micros + 1) / 2}; };
  Price result{half(price.in), half(price.out), {}};
  if (price.cached_in) result.cached_in = half(*price.cached_in);
  return result;
}

Money most_cost(const Price& price, std::uint64_t tokens_in, std::uint64_t tokens_out) {
  // A part of it that is rounded up by itself is one more.
  const Money dearest = std::max(price.in, price.cached_in.value_or(Money{}));
  return {part(tokens_in, dearest) + part(tokens_out, price.out) + (price.cached_in ? 1 : 0)};
}

PriceList PriceList::from_json(std::string_view text, std::string_view name) {
  const PriceJson tree = http::checked_json(text, name);
  if (!tree.is_object()) {
    throw DataError({name},
                    "expected an object {\"MODEL\": {\"in\": N, \"out\": N}, ...}, came " + assay::quoted(text));
  }
  PriceList list;
  for (const auto& [model, price] : tree.items()) {
    list.prices_[model] = PriceReader(name, model, price).read();
  }
  return list;
}

std::optional<Price> PriceList::of(std::string_view model) const {
  const auto found = prices_.find(model);
  if (found == prices_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> PriceList::models() const {
  std::vector<std::string> names;
  for (const auto& [name, price] : prices_) names.push_back(name);
  return names;
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

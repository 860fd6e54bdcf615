#include "assay/view/candidate_prices.h"

#include <fmt/format.h>

#include "assay/core/money.h"

namespace assay::view {
namespace {

constexpr double kPromptsTold = 1000;
constexpr double kBillion = 1e9;

}  // namespace

std::string_view price_unit(asking::Preference preference) {
  switch (preference) {
    case asking::Preference::latency: return "s an answer";
    case asking::Preference::size: return "B weights";
    case asking::Preference::price: break;
  }
  return "per 1,000 prompts";
}

std::string price_cell(asking::Preference preference, double price) {
  switch (preference) {
    case asking::Preference::latency: return fmt::format("{:.3g}", price);
    case asking::Preference::size: return fmt::format("{:.3g}", price / kBillion);
    case asking::Preference::price: break;
  }
  return dollars_text(price * kPromptsTold);
}

std::string text_of_price(asking::Preference preference, double price) {
  return price_cell(preference, price) + " " + std::string(price_unit(preference));
}

std::string_view least_text(asking::Preference preference) {
  switch (preference) {
    case asking::Preference::latency: return "fastest";
    case asking::Preference::size: return "smallest";
    case asking::Preference::price: break;
  }
  return "cheapest";
}

std::string_view less_text(asking::Preference preference) {
  switch (preference) {
    case asking::Preference::latency: return "faster";
    case asking::Preference::size: return "smaller";
    case asking::Preference::price: break;
  }
  return "cheaper";
}

}  // namespace assay::view

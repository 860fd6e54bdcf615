#include "assay/data/natural_order.h"

#include <algorithm>
#include <tuple>

namespace assay::data {

bool natural_before(std::string_view a, std::string_view b) {
  const auto digits = [](std::string_view text) {
    return std::min(text.find_first_not_of("0123456789"), text.size());
  };
  while (!a.empty() && !b.empty()) {
    const std::size_t in_a = digits(a);
    const std::size_t in_b = digits(b);
    if (in_a > 0 && in_b > 0) {
      std::string_view first = a.substr(0, in_a);
      std::string_view second = b.substr(0, in_b);
      first.remove_prefix(std::min(first.find_first_not_of('0'), first.size()));
      second.remove_prefix(std::min(second.find_first_not_of('0'), second.size()));
      if (first != second) return std::tuple(first.size(), first) < std::tuple(second.size(), second);
    } else if (a.front() != b.front()) {
      return a.front() < b.front();
    }
    a.remove_prefix(std::max<std::size_t>(in_a, 1));
    b.remove_prefix(std::max<std::size_t>(in_b, 1));
  }
  return a.size() < b.size();
}

}  // namespace assay::data

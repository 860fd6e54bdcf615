#pragma once

#include <optional>
#include <string_view>

namespace assay::judge {

/// A number as people and models write it.
struct WrittenNumber {
  double value = 0;
  bool percent = false;  ///< "%" or "percent" stands behind it; `value` is without.
};

/// The first and the last number in `text`: "-5", "−5", "1,000", "1 000" with a narrow blank, "3.14", "3,14",
/// "3/4",
/// "\frac{3}{4}", "1e-3", "1.5 × 10^3", "50%". Digits in a word ("GPT4", "x2") are none. O(length).
std::optional<WrittenNumber> first_number(std::string_view text);
std::optional<WrittenNumber> last_number(std::string_view text);
/// Of a text that is a number and nothing else, but for a sign of a currency and "%".
std::optional<WrittenNumber> only_number(std::string_view text);

/// Equal: whole numbers exactly, others within a millionth of the larger one. Where one of them is a percentage and
/// the other is not, 50 % is 50 as well as 0.5.
bool same_number(const WrittenNumber& a, const WrittenNumber& b);

}  // namespace assay::judge

#include "assay/store/record_checks.h"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>

#include "assay/core/error.h"

namespace assay::store {
namespace {

constexpr std::size_t kLongestText = 500'000'000;  // SQLite takes rows of less than 10^9 bytes.

}  // namespace

void check_name(std::string_view name, std::string_view what, const Location& where) {
  if (name.empty()) throw DataError(where, fmt::format("expected {}, came an empty name", what));
}

void check_count(int count, std::string_view what, const Location& where) {
  if (count < 1) throw DataError(where, fmt::format("expected a {} from 1 on, came {}", what, count));
}

void check_text(std::string_view text, const Location& where) {
  if (text.size() <= kLongestText) return;
  throw DataError(where, fmt::format("expected a text of at most {} bytes, came {}", kLongestText, text.size()));
}

void check_took(const AnswerCost& took, const Location& where) {
  if (took.tokens_in.value_or(0) < 0 || took.tokens_out.value_or(0) < 0 || took.cost.value_or(0) < 0) {
    throw DataError(where, "expected tokens and a cost from 0 on, came a negative number");
  }
  if (took.seconds && !(*took.seconds >= 0 && std::isfinite(*took.seconds))) {
    throw DataError(where, fmt::format("expected seconds from 0 on, came {}", *took.seconds));
  }
}

}  // namespace assay::store

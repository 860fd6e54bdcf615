#pragma once

#include <stdexcept>
#include <string>

namespace assay::columnar {

/// What ends a conversion: a file that can't be read or written. One line, for people.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws Failure with what an arrow::Status says, unless it is fine.
template <typename Status>
void check(const Status& status) {
  if (!status.ok()) throw Failure(status.message());
}

/// The value of an arrow::Result; throws Failure.
template <typename Result>
auto taken(Result result) {
  check(result.status());
  return std::move(result).ValueUnsafe();
}

}  // namespace assay::columnar

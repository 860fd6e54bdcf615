#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "assay/core/error.h"
#include "assay/core/money.h"

namespace assay::http {

/// Requests were collected instead of sent, and their replies are yet to come: what was answered stands.
class BatchAwaited : public OracleError {
 public:
  using OracleError::OracleError;
};

/// Takes requests that are not to be sent one by one, but together and by somebody else: OpenAI's batches, at half
/// the price, within a day.
class RequestBatch {
 public:
  virtual ~RequestBatch() = default;

  /// What became of this request, if it failed in earlier batches and is not to be asked again.
  virtual std::optional<std::string> given_up(const std::string& body, std::uint32_t repeat) const = 0;
  /// `at_most`: what its reply may cost.
  virtual void add(const std::string& body, std::uint32_t repeat, Money at_most) = 0;
  virtual bool empty() const = 0;
  /// What replies cost that came since the last run: they are in the ledger already.
  virtual Money billed() const = 0;
  /// Hands over what was added, and says in one line what is to be done now.
  virtual std::string finish() = 0;
};

}  // namespace assay::http

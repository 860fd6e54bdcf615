#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "python/bridge/bridge.h"

namespace assay::bridge {

/// Thrown where a job was cancelled.
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "cancelled"; }
};

/// A failure as Python is told of it.
struct Failure {
  int kind = assay_failure_none;
  std::string message;
};

/// A message with names of arguments in the place of options and fields: "max_cost" for "--max-cost" and
/// "`max_cost`".
std::string in_python(std::string_view message);

/// Of the exception that is being handled.
Failure current_failure();

/// Runs `work`; what it throws is noted for assay_failure. False: it threw.
bool guarded(const std::function<void()>& work);

}  // namespace assay::bridge

#include "python/bridge/failure.h"

#include <new>

#include "assay/core/error.h"
#include "assay/core/version.h"
#include "assay/http/request_batch.h"
#include "cli/command.h"
#include "cli/verbs.h"

namespace assay::bridge {
namespace {

thread_local Failure last_failure;

// "--max-cost needs ..." as Python has it: "max_cost needs ...".
std::string with_arguments(const std::string& message) {
  std::string result;
  for (std::size_t i = 0; i < message.size(); ++i) {
    const bool begins = i == 0 || message[i - 1] == ' ' || message[i - 1] == '(' || message[i - 1] == '\'';
    if (!begins || message.compare(i, 2, "--") != 0 || i + 2 >= message.size() || message[i + 2] < 'a' ||
        message[i + 2] > 'z') {
      result += message[i];
      continue;
    }
    std::size_t end = i + 2;
    while (end < message.size() && ((message[end] >= 'a' && message[end] <= 'z') || message[end] == '-')) ++end;
    for (std::size_t j = i + 2; j < end; ++j) result += message[j] == '-' ? '_' : message[j];
    i = end - 1;
  }
  return result;
}

// "`max_cost`" as "max_cost".
std::string without_backquotes(std::string message) {
  std::erase(message, '`');
  return message;
}

}  // namespace

Failure current_failure() {
  try {
    throw;
  } catch (const cli::Misused& error) {
    return {assay_failure_argument, with_arguments(error.what())};
  } catch (const InvalidArgument& error) {
    return {assay_failure_argument, without_backquotes(error.what())};
  } catch (const DataError& error) {
    return {assay_failure_data, without_backquotes(error.what())};
  } catch (const OracleError& error) {
    return {assay_failure_oracle, without_backquotes(error.what())};
  } catch (const Cancelled& error) {
    return {assay_failure_cancelled, error.what()};
  } catch (const std::bad_alloc&) {
    return {assay_failure_memory, "out of memory"};
  } catch (const std::exception& error) {
    return {assay_failure_other, without_backquotes(error.what())};
  } catch (...) {
    return {assay_failure_other, "unknown failure"};
  }
}

bool guarded(const std::function<void()>& work) {
  try {
    work();
    return true;
  } catch (...) {
    last_failure = current_failure();
    return false;
  }
}

}  // namespace assay::bridge

int assay_failure(const char** message) {
  *message = assay::bridge::last_failure.message.c_str();
  return assay::bridge::last_failure.kind;
}

int assay_main(int argc, char** argv) { return assay::cli::run_command(argc, argv); }

const char* assay_version() {
  static const std::string text(assay::version());
  return text.c_str();
}

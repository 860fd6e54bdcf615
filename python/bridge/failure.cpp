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

}  // namespace

std::string in_python(std::string_view message) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  std::string result;
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '`') continue;
    const bool begins = i == 0 || message[i - 1] == ' ' || message[i - 1] == '(' || message[i - 1] == '\'';
    if (!begins || !message.substr(i).starts_with("--") || i + 2 >= message.size() || !lower(message[i + 2])) {
      result += message[i];
      continue;
    }
    for (i += 2; i < message.size() && (lower(message[i]) || message[i] == '-'); ++i) {
      result += message[i] == '-' ? '_' : message[i];
    }
    --i;
  }
  return result;
}

Failure current_failure() {
  try {
    throw;
  } catch (const cli::Misused& error) {
    return {assay_failure_argument, in_python(error.what())};
  } catch (const InvalidArgument& error) {
    return {assay_failure_argument, in_python(error.what())};
  } catch (const DataError& error) {
    return {assay_failure_data, in_python(error.what())};
  } catch (const OracleError& error) {
    return {assay_failure_oracle, in_python(error.what())};
  } catch (const Cancelled& error) {
    return {assay_failure_cancelled, error.what()};
  } catch (const std::bad_alloc&) {
    return {assay_failure_memory, "out of memory"};
  } catch (const std::exception& error) {
    return {assay_failure_other, in_python(error.what())};
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
  static const std::string kText(assay::version());
  return kText.c_str();
}

#include "assay/asking/allocate_run.h"

#include <deque>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "python/bridge/failure.h"

struct AssayAllocate {
  explicit AssayAllocate(assay::asking::AllocateSetup setup)
      : budget(setup.budget), scale(setup.scale), waiting(setup.arms.size()), run(std::move(setup)) {}

  std::size_t budget;
  assay::Scale scale;
  std::vector<std::deque<std::uint32_t>> waiting;  // repeats that are out, an arm each
  assay::asking::AllocateRun run;
};

namespace assay::bridge {
namespace {

// setup: {"arms": K, "budget": CALLS, "allocator": NAME, "scale": [low, high], "estimate": "mean", "centre" or
// null, "parameters": {NAME: NUMBER}}
asking::AllocateSetup allocate_setup_of(const nlohmann::json& told, const double* variances) {
  asking::AllocateSetup setup;
  const auto arms = told.at("arms").get<std::size_t>();
  setup.arms.resize(arms);
  const allocate::AllocatorEntry& entry = allocate::allocator(told.at("allocator").get<std::string>());
  setup.allocator = &entry;
  setup.parameters = ParameterValues(entry.parameters);
  for (const auto& [name, value] : told.at("parameters").items()) {
    if (!has_parameter(entry.parameters, name)) {
      throw InvalidArgument("allocator " + std::string(entry.name) + " does not use " + field_of(name));
    }
    setup.parameters.take({{name, value.get<double>()}});
  }
  setup.parameters = checked(entry.parameters, setup.parameters);
  if (entry.needs_variances && variances == nullptr) {
    throw InvalidArgument("allocator " + std::string(entry.name) + " needs `variances`, none were given");
  }
  if (variances != nullptr) setup.variances.assign(variances, variances + arms);
  setup.estimate = entry.estimate;
  if (!told.at("estimate").is_null()) {
    setup.estimate = allocate::estimate_rule(told.at("estimate").get<std::string>());
  }
  setup.scale = {told.at("scale").at(0).get<double>(), told.at("scale").at(1).get<double>()};
  setup.budget = told.at("budget").get<std::size_t>();
  asking::check_budget(setup.budget);
  return setup;
}

}  // namespace
}  // namespace assay::bridge

AssayAllocate* assay_allocate_new(const char* setup, const double* variances) {
  std::unique_ptr<AssayAllocate> run;
  const bool made = assay::bridge::guarded([&] {
    run =
        std::make_unique<AssayAllocate>(assay::bridge::allocate_setup_of(nlohmann::json::parse(setup), variances));
  });
  return made ? run.release() : nullptr;
}

void assay_allocate_free(AssayAllocate* run) {
  delete run;  // NOLINT(cppcoreguidelines-owning-memory): the caller owned it
}

int64_t assay_allocate_ask(AssayAllocate* run, int64_t most, int64_t* arms) {
  int64_t count = -1;
  const bool asked = assay::bridge::guarded([&] {
    const std::vector<assay::asking::Ask> asks = run->run.next(static_cast<std::size_t>(most));
    for (std::size_t i = 0; i < asks.size(); ++i) {
      arms[i] = asks[i].item;
      run->waiting[asks[i].item].push_back(asks[i].repeat);
    }
    count = static_cast<int64_t>(asks.size());
  });
  return asked ? count : -1;
}

int assay_allocate_tell(AssayAllocate* run, const int64_t* arms, const double* scores, int64_t count) {
  const bool told = assay::bridge::guarded([&] {
    std::vector<assay::asking::Answer> answers;
    std::vector<std::size_t> taken(run->waiting.size(), 0);  // of what is out
    answers.reserve(static_cast<std::size_t>(count));
    for (int64_t i = 0; i < count; ++i) {
      const auto arm = static_cast<std::size_t>(arms[i]);
      if (taken[arm] >= run->waiting[arm].size()) {
        throw assay::InvalidArgument("arms: came " + std::to_string(arm) + ", for which nobody asked");
      }
      const std::uint32_t repeat = run->waiting[arm][taken[arm]++];
      answers.push_back({.ask = {static_cast<std::uint32_t>(arm), repeat}, .value = scores[i]});
    }
    run->run.take(answers);
    for (std::size_t arm = 0; arm < taken.size(); ++arm) {
      auto& waiting = run->waiting[arm];
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(taken[arm]));
    }
  });
  return told ? 0 : -1;
}

int assay_allocate_state(AssayAllocate* run, int worst, AssayAllocateState* state) {
  const bool told = assay::bridge::guarded([&] {
    state->calls = static_cast<int64_t>(run->run.calls());
    state->waiting = static_cast<int64_t>(run->run.outstanding());
    state->done = run->run.calls() >= run->budget ? 1 : 0;
    state->worst_error_bound = state->worst_error_likely = std::numeric_limits<double>::quiet_NaN();
    if (worst == 0) return;
    const assay::asking::AllocateReport report = run->run.report();
    state->worst_error_bound = report.worst_error_bound;
    state->worst_error_likely = report.worst_error_likely;
  });
  return told ? 0 : -1;
}

int assay_allocate_estimates(AssayAllocate* run, double* estimates, double* low, double* high, int64_t* calls,
                             int64_t* failed) {
  const bool told = assay::bridge::guarded([&] {
    const assay::asking::AllocateReport report = run->run.report();
    for (std::size_t i = 0; i < report.arms.size(); ++i) {
      const assay::asking::AllocateReport::Arm& arm = report.arms[i];
      estimates[i] = arm.estimate;
      low[i] = arm.interval.low;
      high[i] = arm.interval.high;
      calls[i] = static_cast<int64_t>(arm.calls);
      failed[i] = static_cast<int64_t>(arm.failed);
    }
  });
  return told ? 0 : -1;
}

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "assay/app/select.h"

namespace assay::server {

/// What the page may choose of a run. What it leaves open is as the command was told that serves the page.
struct RunOrder {
  std::optional<std::string> oracle = {};
  std::optional<std::string> judge_model = {};  ///< Of oracle llm.
  std::optional<std::string> baseline = {};
  std::optional<double> budget = {};      ///< Query equivalents.
  std::optional<double> epsilon = {};     ///< As a share, or in units of scores.
  std::optional<double> confidence = {};  ///< A share.
  std::optional<double> max_cost = {};    ///< Dollars.
};

/// Reads {"oracle": "llm", "budget": 20, "confidence": 0.95, ...}; null is the same as nothing. Throws
/// InvalidArgument for what is no such object.
RunOrder read_run_order(std::string_view json);

/// `request` with what the order says.
app::SelectRequest with_order(app::SelectRequest request, const RunOrder& order);

/// How far a run has come that was started from the page.
struct PageRunState {
  enum class Stage : char { running, stopping, ended };
  Stage stage = Stage::running;
  asking::SelectState step = {};
  double seconds = 0;        ///< Since it began, or that it took.
  std::string status = {};   ///< Why it waits; empty: it does not. Content of strangers, as the next.
  std::string message = {};  ///< How it ended, or what went wrong.
  bool failed = false;
};

/// A run of `select` in a thread of its own. What it asks is kept in the study, as of the command.
class PageRun {
 public:
  /// `changed` is called from its thread, at each step.
  PageRun(app::SelectRequest request, std::function<void()> changed);
  /// Stops it and waits.
  ~PageRun();
  PageRun(const PageRun&) = delete;
  PageRun& operator=(const PageRun&) = delete;

  /// It ends as soon as what is under way has been kept.
  void stop();
  PageRunState state() const;
  bool ended() const { return state().stage == PageRunState::Stage::ended; }

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::server

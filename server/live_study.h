#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "assay/app/inspected_selection.h"
#include "assay/app/select.h"
#include "assay/report/json.h"
#include "server/page_run.h"

namespace assay::server {

/// \file
/// A study while somebody judges: this process by a run that was started from the page, or another one by a run of
/// the command. The file is read, never locked, so that nobody waits for whoever looks.

struct LiveStudyOptions {
  /// What is asked, as the command that serves the page was told. Whoever looks asks nobody: where a live judge is
  /// named, what the study keeps of it is shown, else recorded judgements, or if there are none what is kept.
  app::SelectRequest request;
  bool oracle_given = false;  ///< `request.oracle` was chosen by the user; else what the study has is shown.
  bool read_only = false;     ///< No run may be started.
  /// The command that repeats what the page shows, after a run with what the page chose; empty: it is not told.
  std::function<std::string(const asking::SelectReport&, const RunOrder&)> command = {};
};

class LiveStudy {
 public:
  /// Begins to follow. `changed` is called from another thread whenever `state` would say something new.
  /// Throws Error if there is no such study.
  LiveStudy(LiveStudyOptions options, std::function<void()> changed);
  /// Stops its run, if there is one, and waits for it.
  ~LiveStudy();
  LiveStudy(const LiveStudy&) = delete;
  LiveStudy& operator=(const LiveStudy&) = delete;

  /// All of these from any thread.
  /// {"revision": 3, "run": null | {...}}: a number that grows whenever `page_json` says something new, and how far
  /// a run is.
  report::Json state() const;
  /// What the page shows, as view/page.h, without exchanges; nullptr: the study was not looked at yet.
  std::shared_ptr<const std::string> page_json() const;
  /// What can be chosen of a run. Reads the study.
  report::Json settings() const;
  /// Judged pairs with their texts. Empty where nothing was judged. May take a while.
  app::ExchangePage exchanges(const app::ExchangeQuery& query) const;

  /// Throws InvalidArgument if it may not, or a run is under way.
  void start(const RunOrder& order);
  /// Nothing happens where none runs.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::server

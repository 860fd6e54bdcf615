#pragma once

#include <memory>
#include <string>

#include "server/live_study.h"
#include "server/page_server.h"

namespace assay::server {

struct StudyPageOptions {
  LiveStudyOptions live;
  PageServerOptions server;
};

/// The live page of a study: a server, and what its script may ask.
///
///     StudyPage page({.live = {.request = {.study = "mine.assay"}}}, web::page_assets());
///     std::cout << page.owner_link();
///     page.run(true);
class StudyPage {
 public:
  /// Listens and follows from now on. Throws as LiveStudy and PageServer.
  StudyPage(const StudyPageOptions& options, std::span<const web::PageAsset> assets);
  ~StudyPage();
  StudyPage(const StudyPage&) = delete;
  StudyPage& operator=(const StudyPage&) = delete;

  const std::string& owner_link() const;
  /// As PageServer.
  void run(bool until_signal);
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::server

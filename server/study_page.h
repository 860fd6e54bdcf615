#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/live_study.h"
#include "server/page_server.h"
#include "server/rating_api.h"

namespace assay::server {

struct StudyPageOptions {
  LiveStudyOptions live;
  RaterSettings raters;  ///< Without any nobody judges on the page.
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
  /// Of raters: names and links, in the order in which they were named.
  const std::vector<std::pair<std::string, std::string>>& rater_links() const;
  /// What people should know before they begin.
  std::vector<std::string> notes() const;
  /// As PageServer.
  void run(bool until_signal);
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::server

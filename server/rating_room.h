#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/app/select.h"
#include "assay/report/json.h"
#include "server/rating_api.h"

namespace assay::server {

/// People who judge a study at the same time: the rating API with its clock and its lock, and a thread for what the
/// run works out between their votes, for which nobody waits.
class RatingRoom {
 public:
  /// Takes the right to ask in the study. `changed` is called from another thread after votes have counted. Throws
  /// InvalidArgument or Error, as app::Rating.
  RatingRoom(const app::SelectRequest& request, const RaterSettings& raters, std::function<void()> changed);
  /// Votes that can still be taken back count from now on.
  ~RatingRoom();
  RatingRoom(const RatingRoom&) = delete;
  RatingRoom& operator=(const RatingRoom&) = delete;

  /// As RatingApi. From any thread; a vote is on the disk when it returns, some milliseconds.
  RatingApi::Reply rating(const std::string& rater);
  RatingApi::Reply verdict(const std::string& rater, std::string_view body);
  RatingApi::Reply undo(const std::string& rater);
  RatingApi::Reply agreement();
  report::Json progress();
  /// To be called every few seconds: raters who leave.
  void tick();
  /// What people should know before they begin.
  const std::vector<std::string>& notes() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::server

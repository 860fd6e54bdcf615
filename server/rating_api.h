#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/rater_pool.h"
#include "assay/report/json.h"

namespace assay::server {

/// What is asked of `assay view` about raters.
struct RaterSettings {
  std::vector<std::string> raters;  ///< Names.
  double share_given_twice = 0.2;   ///< As RaterPoolOptions, as the next.
  std::string secret = {};
};

/// The rating API: what a rater's page or terminal asks, as JSON, whatever brings it. Who asks is settled before.
/// As the pool, for one thread at a time.
///
///     RatingApi api(rating.pool());
///     api.rating("ann", now);                                        // GET api/rating
///     api.verdict("ann", R"({"id": "...", "verdict": "1"})", now);   // POST api/verdict
///
/// Bodies are never more than kMostBody bytes. Replies are JSON in ASCII; texts in them are content of strangers.
class RatingApi {
 public:
  using Time = asking::RaterPool::Time;
  struct Reply {
    int status = 200;
    std::string body;
  };
  static constexpr std::size_t kMostBody = 64U << 10U;
  static constexpr std::size_t kMostNote = 10'000;  ///< Bytes.

  /// `pool` must outlive it.
  explicit RatingApi(asking::RaterPool& pool) : pool_(pool) {}

  /// What lies before the rater: {"rater", "progress", "pairs", "can_undo"}.
  Reply rating(const std::string& rater, Time now);
  /// {"id", "verdict": "1" | "2" | "0" | "skip", "note", "seconds"}, the last two optional. Replies as `rating`.
  /// 400 for another body; 409 and as `rating`, with an error, for a pair that there is not.
  Reply verdict(const std::string& rater, std::string_view body, Time now);
  /// 409 and as `rating`, with an error, where nothing can be taken back.
  Reply undo(const std::string& rater, Time now);
  /// For the owner: how far raters agree. Takes a while where there are thousands of votes; touches no pool.
  static Reply agreement(const asking::Votes& votes);
  /// For the owner: {"raters": [{"name", "verdicts"}], "all", "budget", "left", "decided"}.
  report::Json progress() const;

 private:
  Reply desk(const asking::RaterPool::Desk& desk, const std::string& rater, int status = 200,
             std::string_view error = {}) const;

  asking::RaterPool& pool_;
};

/// {"error": sentence}
std::string api_error(std::string_view sentence);

}  // namespace assay::server

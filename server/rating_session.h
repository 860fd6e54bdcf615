#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "assay/asking/person_oracle.h"
#include "server/rating_client.h"

namespace assay::server {

/// How a sitting of a rater ended.
struct RatingEnd {
  std::size_t verdicts = 0;  ///< Of the rater, of earlier sittings, too.
  bool decided = false;      ///< Nothing is left to judge. Else the rater left.
};

/// A rater at a terminal, until they leave or nothing is left. A reply is sent until it is taken: where the other
/// end can't be reached, `tell` is told so in one line, again and again, and nothing is lost.
RatingEnd rate(RatingClient& client, asking::Person& person, const std::function<void(std::string_view)>& tell);

}  // namespace assay::server

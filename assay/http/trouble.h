#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "assay/http/http_client.h"

namespace assay::http {

/// \file
/// Whom a failed exchange is about: one table for everything that asks an API.
///
///     if (const auto trouble = trouble_in(reply)) {
///       if (trouble->about == About::endpoint && trouble->passes) come_again_later();
///     }

enum class About : std::uint8_t {
  request,   ///< This one alone: others may be answered.
  endpoint,  ///< Whatever is asked.
};

/// What an error reply says.
struct Trouble {
  int status = 0;  ///< Of HTTP, or what an error in the body stands for.
  About about = About::request;
  bool passes = false;      ///< The same request may be answered later.
  bool at_first = false;    ///< Before anything was ever answered it is about the endpoint: a wrong address, say.
  bool may_cost = false;    ///< Something may have worked on it, and may bill it.
  bool of_content = false;  ///< It says that what the request holds is refused: moderation, length.
};

/// By status alone, 100 to 599.
Trouble trouble_of(int status);

/// Of a whole reply; empty where there is none. Of a 200 its body counts: an "error", also in the choice and in an
/// event of a stream, by its code, a number or a word; without one as status 500. A quota that is used up is 402
/// whatever its status. A refusal of what the request holds (moderation) is about the request from the start.
std::optional<Trouble> trouble_in(const HttpReply& reply);

/// What a word in "code", "type" or "status" of an error stands for: "rate_limit_exceeded" 429. Empty: not known.
std::optional<int> status_called(std::string_view word);

}  // namespace assay::http

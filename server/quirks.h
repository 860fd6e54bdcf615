#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::server {

/// \file
/// What endpoints have been seen to do otherwise than one would like, for rehearsals:
///
///     Quirks quirks({"outage=503:4", "reasoning-beside"});
///     if (auto reply = quirks.instead(body, message, now)) return *reply;
///     return quirks.answer({...});

/// A kind of it.
struct Quirk {
  const char* name;
  const char* value;  ///< What stands after "NAME=", unless another is named; nullptr: nothing may.
  const char* help;   ///< One line.
};

/// All there are: trouble first, then usage, then what a reply looks like. They work in this order.
std::span<const Quirk> quirks();

/// What goes over the wire.
struct QuirkReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  bool reset = false;    ///< Nothing comes, the connection ends.
  bool unheard = false;  ///< Likewise, and nobody worked on it.
};

/// What the judge says.
struct JudgedReply {
  std::uint64_t number = 0;
  std::string_view model;
  std::string_view content;  ///< Of the reply that was asked for.
  bool json = false;         ///< An object was asked for.
  bool stream = false;
  std::size_t tokens_in = 0;
  std::size_t tokens_out = 0;
};

/// What such an endpoint bills, whatever it tells.
struct QuirkBill {
  std::uint64_t tokens_in = 0;  ///< Cached ones included.
  std::uint64_t cached_in = 0;
  std::uint64_t tokens_out = 0;
  std::size_t replies = 0;
  std::size_t most_out = 0;  ///< Of one reply.
};

/// An endpoint with some of them. One thread.
class Quirks {
 public:
  /// "NAME" or "NAME=VALUE" each; which requests are hit depends on their text alone. Throws InvalidArgument.
  explicit Quirks(const std::vector<std::string>& wanted);
  Quirks(Quirks&&) noexcept;
  ~Quirks();

  bool any() const;
  /// What a request gets instead of an answer. `body`: all of it; `message`: what is asked, of a chat; `now`: of a
  /// clock that never goes back.
  std::optional<QuirkReply> instead(std::string_view body, std::string_view message, std::chrono::milliseconds now);
  QuirkReply answer(const JudgedReply& reply);
  /// Likewise a request for embeddings.
  std::optional<QuirkReply> instead(const std::vector<std::string>& inputs, std::chrono::milliseconds now);

  const QuirkBill& bill() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::server

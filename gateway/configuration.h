#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/judge/prices.h"

namespace assay::gateway {

/// \file
/// What the gateway serves, as a file tells it. It is read as a whole before anything is served:
///
///     const auto configuration = read_configuration("models.json", environment);  // DataError says what is wrong
///     const Profile* profile = configuration->profile_of("assay/auto");           // null: no profile
///     const std::size_t model = configuration->model_of("small");                 // kNone: no model

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// Names and values, as server::Headers.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// How long each thing may take; what takes longer has failed.
struct TimeLimits {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds first_byte{120'000};    ///< From the request's last byte to the reply's first.
  std::chrono::milliseconds between_bytes{60'000};  ///< Of a reply.
};

/// Where an upstream is.
struct Address {
  bool tls = false;
  std::string host = {};  ///< Without the brackets of IPv6.
  std::uint16_t port = 0;
  std::string authority = {};  ///< Value of Host: with the port where it is not the scheme's own.

  bool operator==(const Address&) const = default;
};

/// A model behind an endpoint in the way of OpenAI's.
struct Upstream {
  std::string name = {};         ///< Clients ask for it by this name.
  std::string model = {};        ///< As the endpoint calls it.
  std::string router_name = {};  ///< As the router calls it.
  Address address = {};
  std::string chat_target = {};         ///< "/v1/chat/completions", with a query if the URL has one.
  std::string completions_target = {};  ///< ".../completions"
  std::string embeddings_target = {};   ///< ".../embeddings"
  /// Sent with each request in the place of the client's of the same names; the key among them. Secrets: never
  /// shown or logged. No control characters in them.
  HeaderList headers = {};
  std::optional<judge::Price> price = {};
  std::size_t at_once = 256;  ///< Connections, at most.
  TimeLimits times = {};
  std::vector<std::size_t> fallbacks = {};  ///< Models that are asked in turn if this one fails; not itself.
};

/// A way to route: clients ask for the model "assay/NAME".
struct Profile {
  std::string name = {};  ///< "auto"
  /// Chance of a right answer that a dollar per million tokens is worth; empty: that of the guard that is heeded,
  /// else 0.
  std::optional<double> cost_weight = {};
  std::vector<std::size_t> models = {};  ///< The pool, ascending; empty: all that the router knows.
  bool guard = true;                     ///< Heed the router's guard, if it has one.
};

/// What clients may send.
struct Limits {
  std::uint64_t body_bytes = 32U << 20U;
  std::uint32_t header_bytes = 32U << 10U;
  std::uint64_t unsent_bytes =
      1U << 20U;  ///< Of a reply, which an upstream that is faster than the client waits for.
  std::size_t connections = 16'384;
  std::chrono::milliseconds idle{60'000};   ///< Of a client's connection.
  std::chrono::milliseconds grace{30'000};  ///< What requests under way get when the gateway ends.
};

/// When a model is no longer asked for a while.
struct Breaker {
  std::size_t failures = 5;                 ///< In a row; 0: never.
  std::chrono::milliseconds pause{10'000};  ///< Then one request tries it again.
};

struct Configuration {
  std::vector<Upstream> models = {};   ///< At least one; no two share a name.
  bool has_profiles = false;           ///< The file tells profiles.
  std::vector<Profile> profiles = {};  ///< "auto" at least, of all models, if none is told.
  std::size_t retries = 1;             ///< Of the same model before its reply begins, where that may help.
  Limits limits = {};
  Breaker breaker = {};
  std::string client_key = {};  ///< Bearer token that clients must show; empty: none. Set by the caller.

  /// The profile "NAME" of "assay/NAME"; null if the model is none such.
  const Profile* profile_of(std::string_view model) const;
  /// Index into `models`; kNone if there is no such name.
  std::size_t model_of(std::string_view name) const;
};

/// Before the name of a profile.
inline constexpr std::string_view kProfilePrefix = "assay/";

/// The value of an environment variable; empty if there is none.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Reads docs/reference/gateway.md's models.json. `text`: the file's content, `file`: its name for messages. Throws
/// DataError that begins with the file's name and the place in it: an unknown member, a key that stands in the file
/// itself, a variable that is not set, a name that comes twice or is not known, a value out of range.
Configuration configuration_in(std::string_view text, std::string_view file, const Environment& environment);

/// The same of a file. Throws Error if it can't be read.
std::shared_ptr<Configuration> read_configuration(const std::string& path, const Environment& environment);

}  // namespace assay::gateway

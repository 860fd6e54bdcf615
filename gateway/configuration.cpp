#include "gateway/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "assay/answering/candidate.h"
#include "assay/answering/checked_members.h"
#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/file/whole_text.h"
#include "assay/http/api_json.h"
#include "assay/http/api_request.h"
#include "assay/http/checked_json.h"
#include "assay/http/url.h"

namespace assay::gateway {
namespace {

using answering::reject;
using Json = http::ApiJson;
using std::chrono::milliseconds;

constexpr std::size_t kMostName = 256;  // as it stands in headers and labels
constexpr std::array kTopMembers = {"models", "candidates", "prices", "profiles",
                                    "times",  "retries",    "limits", "breaker"};
constexpr std::array kModelMembers = {"name",        "model", "url",     "key_env", "headers",
                                      "router_name", "price", "at_once", "times",   "fallbacks"};
// Members of candidates that say what is asked, which here is the client's affair.
constexpr std::array kOfCandidates = {"system",     "temperature",           "max_tokens",
                                      "extra_body", "max_completion_tokens", "program"};
constexpr std::array kProfileMembers = {"cost_weight", "models", "guard"};
constexpr std::array kTimeMembers = {"connect", "first_byte", "between_bytes"};
constexpr std::array kLimitMembers = {"body_bytes", "header_bytes", "unsent_bytes", "connections", "idle", "grace"};
constexpr std::array kBreakerMembers = {"failures", "pause"};
constexpr std::array kHeaderMembers = {"env"};

constexpr std::size_t kMostAtOnce = 16'384;
constexpr std::size_t kMostRetries = 10;
constexpr double kLongest = 86'400;  // seconds
constexpr std::string_view kNoSecret =
    R"(a key does not belong in a file: "key_env", or {"env": "NAME"} in "headers", names an environment variable)";
constexpr const char* kDefaultUrl = "OPENAI_BASE_URL";
constexpr const char* kDefaultKey = "OPENAI_API_KEY";

void check_object(const Json& value, const char* name, const std::string& where) {
  if (!value.is_object()) {
    reject(where, fmt::format("expected an object as \"{}\", came {}", name, quoted(value.dump(), 80)));
  }
}

// Seconds, 0.001 to a day.
void read_seconds(const Json& object, const char* name, const std::string& where, milliseconds& time) {
  const Json& value = http::member(object, name);
  if (value.is_null()) return;
  const double seconds = value.is_number() ? value.get<double>() : 0;
  if (!(seconds >= 0.001 && seconds <= kLongest)) {
    reject(where, fmt::format("expected seconds, 0.001 to {:g}, as \"{}\", came {}", kLongest, name,
                              quoted(value.dump(), 80)));
  }
  time = milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000)));
}

TimeLimits times_in(const Json& object, TimeLimits times, const std::string& where) {
  const Json& value = http::member(object, "times");
  if (value.is_null()) return times;
  check_object(value, "times", where);
  answering::check_members(value, kTimeMembers, where + ": \"times\"");
  read_seconds(value, "connect", where, times.connect);
  read_seconds(value, "first_byte", where, times.first_byte);
  read_seconds(value, "between_bytes", where, times.between_bytes);
  return times;
}

template <typename Number>
void read_count(const Json& object, const char* name, std::size_t most, const std::string& where, Number& number) {
  if (const auto count = answering::count_member(object, name, most, where)) number = static_cast<Number>(*count);
}

Limits limits_in(const Json& whole, const std::string& file) {
  Limits limits;
  const Json& value = http::member(whole, "limits");
  if (value.is_null()) return limits;
  const std::string where = file + ": \"limits\"";
  check_object(value, "limits", file);
  answering::check_members(value, kLimitMembers, where);
  read_count(value, "body_bytes", std::size_t{1} << 30U, where, limits.body_bytes);
  read_count(value, "header_bytes", std::size_t{1} << 20U, where, limits.header_bytes);
  read_count(value, "unsent_bytes", std::size_t{1} << 30U, where, limits.unsent_bytes);
  read_count(value, "connections", 1'000'000, where, limits.connections);
  read_seconds(value, "idle", where, limits.idle);
  read_seconds(value, "grace", where, limits.grace);
  return limits;
}

Breaker breaker_in(const Json& whole, const std::string& file) {
  Breaker breaker;
  const Json& value = http::member(whole, "breaker");
  if (value.is_null()) return breaker;
  const std::string where = file + ": \"breaker\"";
  check_object(value, "breaker", file);
  answering::check_members(value, kBreakerMembers, where);
  if (http::member(value, "failures") == 0) {
    breaker.failures = 0;
  } else {
    read_count(value, "failures", 1'000'000, where, breaker.failures);
  }
  read_seconds(value, "pause", where, breaker.pause);
  return breaker;
}

std::string variable(const Environment& environment, const std::string& name, const std::string& where) {
  std::optional<std::string> value = environment(name);
  if (!value || value->empty()) {
    reject(where, fmt::format("the environment variable {} is not set", quoted(name, 80)));
  }
  return *std::move(value);
}

void add_header(HeaderList& headers, const std::string& name, const std::string& value, const std::string& where) {
  try {
    std::pair<std::string, std::string> header = http::header_in(name + ": " + value);
    std::erase_if(headers, [&](const auto& one) { return http::same_header(one.first, header.first); });
    headers.push_back(std::move(header));
  } catch (const InvalidArgument& error) {
    reject(where, error.what());
  }
}

// {"X-Title": "mine", "X-Token": {"env": "TOKEN"}}
void read_headers(const Json& model, const Environment& environment, const std::string& where,
                  HeaderList& headers) {
  const Json& value = http::member(model, "headers");
  if (value.is_null()) return;
  check_object(value, "headers", where);
  for (const auto& [name, content] : value.items()) {
    const std::string place = fmt::format("{}: header {}", where, quoted(name, 80));
    if (content.is_object()) {
      answering::check_members(content, kHeaderMembers, place);
      const std::string env = answering::text_member(content, "env", place);
      answering::check_variable(env, "env", place);
      if (env.empty()) reject(place, R"(expected {"env": "NAME"}, came no name)");
      add_header(headers, name, variable(environment, env, place), place);
    } else if (content.is_string()) {
      add_header(headers, name, content.get<std::string>(), place);
      // Anybody who can read the file could use it.
      if (http::has_key({headers.back()})) {
        reject(place, R"(a key does not belong in a file: expected {"env": "NAME"} of an environment variable)");
      }
    } else {
      reject(place, R"(expected a text or {"env": "NAME"}, came )" + quoted(content.dump(), 80));
    }
  }
}

// The path and what follows it.
std::string target_of(const std::string& url, const char* operation) {
  const std::string whole = http::api_url(url, operation);
  const std::size_t host = whole.find("://") + 3;
  return whole.substr(std::min(whole.find_first_of("/?", host), whole.size()));
}

void read_address(std::string url, const std::string& where, Upstream& upstream) {
  try {
    http::check_url(url, kNoSecret);
  } catch (const InvalidArgument& error) {
    reject(where, error.what());
  }
  constexpr std::string_view kChat = "/chat/completions";
  const std::size_t end = std::min(url.find('?'), url.size());
  if (std::string_view(url).substr(0, end).ends_with(kChat)) url.erase(end - kChat.size(), kChat.size());
  const http::Url parts = http::request_url(url);
  Address& address = upstream.address;
  address.tls = parts.scheme == "https";
  address.host = parts.host;
  address.authority = parts.host;
  const unsigned standard = address.tls ? 443 : 80;
  const unsigned long port = parts.port.empty() ? standard : std::stoul(parts.port);
  if (port == 0 || port > 65'535) reject(where, "expected a port from 1 to 65535 in \"url\"");
  address.port = static_cast<std::uint16_t>(port);
  if (port != standard) address.authority += ":" + parts.port;
  if (address.host.starts_with('[')) address.host = address.host.substr(1, address.host.size() - 2);
  upstream.chat_target = target_of(url, "chat/completions");
  upstream.completions_target = target_of(url, "completions");
  upstream.embeddings_target = target_of(url, "embeddings");
}

// Where it is, and the key for it.
void read_endpoint(const Json& model, const Environment& environment, const std::string& where,
                   Upstream& upstream) {
  std::string url = answering::text_member(model, "url", where);
  std::string key_env = answering::text_member(model, "key_env", where);
  answering::check_variable(key_env, "key_env", where);
  std::optional<std::string> key;
  if (!key_env.empty()) key = variable(environment, key_env, where);
  if (url.empty()) {
    url = environment(kDefaultUrl).value_or("");
    if (url.empty())
      reject(where, fmt::format("expected \"url\", or {} in the environment, came neither", kDefaultUrl));
    if (!key) key = environment(kDefaultKey);  // which goes nowhere else
  }
  read_address(url, where, upstream);
  if (!key || key->empty()) return;
  const bool azure = http::is_azure(url);
  add_header(upstream.headers, azure ? "api-key" : "Authorization", azure ? *key : "Bearer " + *key, where);
}

bool is_printable(std::string_view text) { return !text.empty() && escaped(text) == text; }

Upstream model_in(const Json& object, const TimeLimits& times, const judge::PriceList& prices,
                  const Environment& environment, const std::string& where) {
  if (!object.is_object()) {
    reject(where, "expected an object for each model, came " + quoted(object.dump(), 80));
  }
  for (const char* name : kOfCandidates) {
    if (object.contains(name)) {
      reject(where, fmt::format("a gateway sends requests on as they come, without \"{}\" of its own", name));
    }
  }
  answering::check_members(object, kModelMembers, where);
  Upstream upstream;
  upstream.name = answering::text_member(object, "name", where);
  upstream.model = answering::text_member(object, "model", where);
  if (upstream.name.empty()) upstream.name = upstream.model;
  if (upstream.model.empty()) upstream.model = upstream.name;
  if (upstream.name.empty()) reject(where, "expected \"name\" or \"model\", came neither");
  if (upstream.name.size() > kMostName) {
    reject(where, fmt::format("expected a name of at most {} bytes, came {}", kMostName, upstream.name.size()));
  }
  if (!is_printable(upstream.name)) reject(where, "expected a name without control characters");
  if (upstream.name.starts_with(kProfilePrefix)) {
    reject(where, fmt::format("expected a name that does not begin with {}, as profiles do", kProfilePrefix));
  }
  upstream.router_name = answering::text_member(object, "router_name", where);
  if (upstream.router_name.empty()) upstream.router_name = upstream.name;
  read_endpoint(object, environment, where, upstream);
  read_headers(object, environment, where, upstream.headers);
  upstream.price = answering::price_member(object, upstream.name, where);
  if (!upstream.price) upstream.price = prices.of(upstream.model);
  read_count(object, "at_once", kMostAtOnce, where, upstream.at_once);
  upstream.times = times_in(object, times, where);
  return upstream;
}

// Indices of the models that an array names, in its order.
std::vector<std::size_t> models_in(const Json& object, const char* name, const Configuration& configuration,
                                   const std::string& where) {
  const Json& value = http::member(object, name);
  if (value.is_null()) return {};
  std::vector<std::size_t> result;
  const bool texts =
      value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& one) { return one.is_string(); });
  if (!texts || value.empty()) {
    reject(where, fmt::format("expected names of models as \"{}\", came {}", name, quoted(value.dump(), 80)));
  }
  for (const Json& one : value) {
    const auto& text = one.get_ref<const std::string&>();
    const std::size_t model = configuration.model_of(text);
    if (model == kNone) reject(where, fmt::format("no model is called {}, as \"{}\" says", quoted(text, 80), name));
    if (std::find(result.begin(), result.end(), model) != result.end()) {
      reject(where, fmt::format("{} comes twice in \"{}\"", quoted(text, 80), name));
    }
    result.push_back(model);
  }
  return result;
}

void read_models(const Json& all, const judge::PriceList& prices, const TimeLimits& times,
                 const Environment& environment, const std::string& file, Configuration& configuration) {
  if (!all.is_array() || all.empty()) {
    reject(file, R"(expected models, {"models": [{"name": ..., "url": ...}, ...]}, came none)");
  }
  const auto place = [&](std::size_t i) { return fmt::format("{}: model {}", file, i + 1); };
  std::set<std::string> names;
  for (std::size_t i = 0; i < all.size(); ++i) {
    configuration.models.push_back(model_in(all[i], times, prices, environment, place(i)));
    const std::string& name = configuration.models.back().name;
    if (!names.insert(name).second) reject(place(i), fmt::format("{} comes twice", quoted(name, 80)));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<std::size_t>& fallbacks = configuration.models[i].fallbacks;
    fallbacks = models_in(all[i], "fallbacks", configuration, place(i));
    if (std::find(fallbacks.begin(), fallbacks.end(), i) != fallbacks.end()) {
      reject(place(i), "a model is no fallback of itself");
    }
  }
}

bool is_profile_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

Profile profile_in(const std::string& name, const Json& object, const Configuration& configuration,
                   const std::string& where) {
  if (!is_profile_name(name)) reject(where, "expected a name of letters, digits, \"-\", \"_\" and \".\"");
  if (!object.is_object()) reject(where, "expected an object, came " + quoted(object.dump(), 80));
  answering::check_members(object, kProfileMembers, where);
  Profile profile;
  profile.name = name;
  profile.models = models_in(object, "models", configuration, where);
  std::sort(profile.models.begin(), profile.models.end());
  if (const Json& weight = http::member(object, "cost_weight"); !weight.is_null()) {
    if (!weight.is_number() || !(weight.get<double>() >= 0) || !std::isfinite(weight.get<double>())) {
      reject(where, "expected 0 or more as \"cost_weight\", came " + quoted(weight.dump(), 80));
    }
    profile.cost_weight = weight.get<double>();
  }
  if (const Json& guard = http::member(object, "guard"); !guard.is_null()) {
    if (!guard.is_boolean()) reject(where, "expected true or false as \"guard\", came " + quoted(guard.dump(), 80));
    profile.guard = guard.get<bool>();
  }
  return profile;
}

void read_profiles(const Json& whole, const std::string& file, Configuration& configuration) {
  const Json& profiles = http::member(whole, "profiles");
  if (profiles.is_null()) {
    configuration.profiles.push_back({.name = "auto"});
    return;
  }
  check_object(profiles, "profiles", file);
  configuration.has_profiles = true;
  for (const auto& [name, object] : profiles.items()) {
    configuration.profiles.push_back(
        profile_in(name, object, configuration, fmt::format("{}: profile {}", file, quoted(name, 80))));
  }
}

}  // namespace

const Profile* Configuration::profile_of(std::string_view model) const {
  if (!model.starts_with(kProfilePrefix)) return nullptr;
  const std::string_view name = model.substr(kProfilePrefix.size());
  const auto at =
      std::find_if(profiles.begin(), profiles.end(), [&](const Profile& one) { return one.name == name; });
  return at == profiles.end() ? nullptr : &*at;
}

std::size_t Configuration::model_of(std::string_view name) const {
  const auto at = std::find_if(models.begin(), models.end(), [&](const Upstream& one) { return one.name == name; });
  return at == models.end() ? kNone : static_cast<std::size_t>(at - models.begin());
}

Configuration configuration_in(std::string_view text, std::string_view file_name, const Environment& environment) {
  const std::string file = escaped(file_name);
  Json whole = http::checked_json(text, file_name);
  if (whole.is_array()) whole = Json{{"models", std::move(whole)}};
  check_object(whole, "models", file);
  answering::check_members(whole, kTopMembers, file);
  if (whole.contains("models") && whole.contains("candidates")) {
    reject(file, "expected \"models\" or \"candidates\", came both");
  }
  Configuration configuration;
  const TimeLimits times = times_in(whole, {}, file);
  const judge::PriceList prices = answering::prices_beside(text, file_name);
  read_models(http::member(whole, whole.contains("models") ? "models" : "candidates"), prices, times, environment,
              file, configuration);
  read_profiles(whole, file, configuration);
  if (http::member(whole, "retries") == 0) {
    configuration.retries = 0;
  } else {
    read_count(whole, "retries", kMostRetries, file, configuration.retries);
  }
  configuration.limits = limits_in(whole, file);
  configuration.breaker = breaker_in(whole, file);
  return configuration;
}

std::shared_ptr<Configuration> read_configuration(const std::string& path, const Environment& environment) {
  constexpr std::size_t kMostBytes = std::size_t{16} << 20U;
  return std::make_shared<Configuration>(configuration_in(file::whole_text(path, kMostBytes), path, environment));
}

}  // namespace assay::gateway

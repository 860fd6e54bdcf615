#include "server/rating_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/http/url.h"
#include "assay/report/json.h"

namespace assay::server {
namespace {

using ClientJson = nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds kLook{250};
constexpr milliseconds kMostWait{20'000};
constexpr std::size_t kMostReply = 64U << 20U;  // three pairs of long answers

const char* word_of(asking::RaterReply reply) {
  switch (reply) {
    case asking::RaterReply::first: return "1";
    case asking::RaterReply::second: return "2";
    case asking::RaterReply::draw: return "0";
    case asking::RaterReply::skip: break;
  }
  return "skip";
}

// What a server or a gateway before it says while it is busy or restarts: the next try may succeed.
bool passes(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

// Of an error reply, ours or a gateway's; empty if it has none.
std::string error_in(const ClientJson& json) {
  if (!json.is_object() || !json.contains("error")) return {};
  const ClientJson& error = json.at("error");
  if (error.is_string()) return escaped(error.get<std::string>());
  if (error.is_object() && error.contains("message") && error.at("message").is_string()) {
    return escaped(error.at("message").get<std::string>());
  }
  return "an error without a text";
}

// Throws ClientJson::exception.
RatingClient::Desk desk_in(const ClientJson& json) {
  RatingClient::Desk desk;
  const ClientJson& progress = json.at("progress");
  desk.mine = progress.at("mine").get<std::size_t>();
  desk.left = progress.value("left", "");
  desk.decided = progress.at("decided").get<bool>();
  desk.can_undo = json.at("can_undo").get<bool>();
  for (const ClientJson& pair : json.at("pairs")) {
    desk.pairs.push_back({pair.at("id").get<std::string>(), pair.value("prompt", ""),
                          pair.at("first").get<std::string>(), pair.at("second").get<std::string>(),
                          pair.at("number").get<std::size_t>()});
  }
  return desk;
}

}  // namespace

RatingClient::RatingClient(const std::string& link, http::HttpClient& http, std::function<void()> waiting)
    : link_(link), http_(http), waiting_(std::move(waiting)) {
  const http::Url url = http::request_url(link);
  if (!url.query.empty() || !url.fragment.empty()) {
    throw InvalidArgument("a rater's link ends with a token and has no \"?\" or \"#\"");
  }
  if (!link_.ends_with('/')) link_ += '/';
}

RatingClient::Reply RatingClient::get(std::string_view method, std::string_view path, std::string body) {
  http::HttpRequest request{.url = link_ + std::string(path), .method = std::string(method)};
  if (method == "POST") request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(body);
  request.whole = kMostWait;
  request.body_bytes = kMostReply;
  const std::uint64_t id = http_.send(std::move(request));
  std::optional<http::HttpReply> reply;
  while (!reply) {
    if (waiting_) waiting_();
    http_.wait(kLook, [&](std::uint64_t ended, http::HttpReply came) {
      if (ended == id) reply = std::move(came);
    });
  }
  if (reply->failure != http::HttpFailure::none) return {std::nullopt, reply->detail};
  if (reply->status == 404) throw Error("this link opens nothing (any more): ask for a new one");
  const bool passing = passes(reply->status);
  try {
    const ClientJson json = ClientJson::parse(reply->body);
    std::string why = error_in(json);
    if (passing) return {std::nullopt, why.empty() ? fmt::format("status {}", reply->status) : why};
    // A gateway's: no reply of an Assay is an error with this status.
    if (reply->status == 200 && !why.empty()) return {std::nullopt, why};
    if (reply->status != 200 && reply->status != 409) {
      throw Error(fmt::format("{} (status {})", why.empty() ? "it was refused" : why, reply->status));
    }
    return {desk_in(json), why};
  } catch (const ClientJson::exception&) {
    if (passing) return {std::nullopt, fmt::format("status {}", reply->status)};
    throw Error(fmt::format("what answers at this link is no Assay (status {})", reply->status));
  }
}

RatingClient::Reply RatingClient::look() { return get("GET", "api/rating", {}); }

RatingClient::Reply RatingClient::vote(const std::string& id, asking::RaterReply reply, double seconds) {
  return get("POST", "api/verdict",
             report::Json::object().set("id", id).set("verdict", word_of(reply)).set("seconds", seconds).compact());
}

RatingClient::Reply RatingClient::undo() { return get("POST", "api/undo", "{}"); }

void RatingClient::pause(milliseconds time) {
  const milliseconds end = http_.now() + time;
  while (http_.now() < end) {
    if (waiting_) waiting_();
    http_.wait(std::min(kLook, end - http_.now()), [](std::uint64_t, const http::HttpReply&) {});
  }
}

}  // namespace assay::server

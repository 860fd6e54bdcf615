#include "assay/http/trouble.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "assay/http/api_json.h"

namespace assay::http {
namespace {

constexpr int kQuotaUsedUp = 402;
constexpr int kUntoldError = 500;  // an error in the body that has no code
constexpr int kBrokenReply = 502;  // a reply that whoever stands behind the endpoint did not finish

//                                      about            passes at_first may_cost
constexpr std::array<Trouble, 22> kRows{{
    {400, About::request, false, false, false},
    {401, About::endpoint, false, true, false},  // the key
    {402, About::endpoint, false, true, false},  // no money left there
    {403, About::request, false, true, false},   // moderation; at first, the key
    {404, About::request, false, true, false},   // at first, the address or the model
    {405, About::request, false, true, false},
    {408, About::endpoint, true, false, true},
    {409, About::endpoint, true, false, false},
    {410, About::request, false, true, false},
    {413, About::request, false, false, false},
    {422, About::request, false, false, false},
    {425, About::endpoint, true, false, false},
    {429, About::endpoint, true, false, false},
    {500, About::request, true, false, true},  // several in a row are the endpoint's
    {501, About::request, false, true, false},
    {502, About::endpoint, true, false, true},
    {503, About::endpoint, true, false, false},
    {504, About::endpoint, true, false, true},
    {505, About::request, false, true, false},
    {520, About::endpoint, true, false, true},   // what stands before the endpoint, and all others up to 528
    {529, About::endpoint, true, false, false},  // overloaded
    {530, About::endpoint, true, false, false},
}};

struct Word {
  std::string_view word;
  int status;
};

// Small letters and lines below. What the APIs call these things in "code", "type" or "status".
constexpr std::array kWords{
    Word{"api_error", 500},
    Word{"authentication_error", 401},
    Word{"bad_gateway", 502},
    Word{"badrequesterror", 400},
    Word{"billing_hard_limit_reached", kQuotaUsedUp},
    Word{"billing_not_active", kQuotaUsedUp},
    Word{"content_filter", 400},
    Word{"content_policy_violation", 400},
    Word{"context_length_exceeded", 400},
    Word{"deadline_exceeded", 504},
    Word{"engine_overloaded", 503},
    Word{"gateway_timeout", 504},
    Word{"insufficient_balance", kQuotaUsedUp},
    Word{"insufficient_credits", kQuotaUsedUp},
    Word{"insufficient_quota", kQuotaUsedUp},
    Word{"internal", 500},
    Word{"internal_error", 500},
    Word{"internal_server_error", 500},
    Word{"invalid_api_key", 401},
    Word{"invalid_argument", 400},
    Word{"invalid_request_error", 400},
    Word{"model_loading", 503},
    Word{"model_not_found", 404},
    Word{"not_found", 404},
    Word{"not_found_error", 404},
    Word{"overloaded", 529},
    Word{"overloaded_error", 529},
    Word{"payment_required", kQuotaUsedUp},
    Word{"permission_denied", 403},
    Word{"permission_error", 403},
    Word{"rate_limit", 429},
    Word{"rate_limit_error", 429},
    Word{"rate_limit_exceeded", 429},
    Word{"rate_limited", 429},
    Word{"request_timeout", 408},
    Word{"request_too_large", 413},
    Word{"resource_exhausted", 429},
    Word{"server_error", 500},
    Word{"service_unavailable", 503},
    Word{"timeout", 408},
    Word{"too_many_requests", 429},
    Word{"unavailable", 503},
    Word{"unavailable_error", 503},
};

bool is_error_status(int status) { return status >= 400 && status <= 599; }

std::optional<int> status_in(const ApiJson& code) {
  if (code.is_number()) {
    const double number = code.get<double>();
    if (number >= 400 && number <= 599 && number == static_cast<int>(number)) return static_cast<int>(number);
    return std::nullopt;
  }
  if (!code.is_string()) return std::nullopt;
  const auto& word = code.get_ref<const std::string&>();
  const bool digits = word.size() == 3 &&
                      std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (digits && is_error_status(std::stoi(word))) return std::stoi(word);
  return status_called(word);
}

// What an "error" says of itself.
struct Complaint {
  std::optional<int> status;
  bool of_content = false;  // what the request holds is refused
};

Complaint complaint_of(const ApiJson& error) {
  Complaint complaint;
  for (const char* name : {"code", "status", "type"}) {
    const std::optional<int> status = status_in(member(error, name));
    // A number says more than the kind: {"code": 429, "type": "server_error"}.
    if (!complaint.status || status == kQuotaUsedUp) complaint.status = status ? status : complaint.status;
    const ApiJson& word = member(error, name);
    for (const char* refusal :
         {"content_filter", "content_policy_violation", "context_length_exceeded", "string_above_max_length"}) {
      complaint.of_content = complaint.of_content || word == refusal;
    }
  }
  const ApiJson& metadata = member(error, "metadata");
  if (!member(metadata, "reasons").is_null() || !member(metadata, "flagged_input").is_null())
    complaint.of_content = true;
  return complaint;
}

// Some servers send an error that says nothing beside each good reply: null, false, "" or {}.
bool told(const ApiJson& error) {
  if (error.is_string()) return !error.get_ref<const std::string&>().empty();
  return !error.empty() && error != false;
}

// Of one JSON text, whole or a piece of a stream; empty where nothing is wrong.
std::optional<Complaint> complaint_in(std::string_view text) {
  const ApiJson whole = read_json(text);
  const ApiJson& reply = whole.is_array() ? first_item(whole) : whole;
  if (const ApiJson& error = member(reply, "error"); told(error)) {
    Complaint complaint = complaint_of(error);
    if (!complaint.status) complaint.status = status_in(member(reply, "code"));
    return complaint;
  }
  if (member(reply, "object") == "error") return complaint_of(reply);
  const ApiJson& choice = first_item(member(reply, "choices"));
  if (const ApiJson& error = member(choice, "error"); told(error)) {
    Complaint complaint = complaint_of(error);
    if (!complaint.status) complaint.status = kBrokenReply;
    return complaint;
  }
  if (member(choice, "finish_reason") == "error") return Complaint{kBrokenReply};
  return std::nullopt;
}

std::optional<Complaint> complaint_in_events(std::string_view body) {
  constexpr std::string_view kData = "data:";
  while (!body.empty()) {
    const std::string_view line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    if (!line.starts_with(kData) || line.find("error") == std::string_view::npos) continue;
    if (auto complaint = complaint_in(line.substr(kData.size()))) return complaint;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> status_called(std::string_view word) {
  std::string plain(word);
  for (char& c : plain)
    c = c == ' ' || c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto found = std::find_if(kWords.begin(), kWords.end(), [&](const Word& one) { return one.word == plain; });
  return found == kWords.end() ? std::nullopt : std::optional(found->status);
}

Trouble trouble_of(int status) {
  if (!is_error_status(status)) return {status, About::request, false, false, false};
  // The row of the status; between two rows that of 400, 504's neighbours as 500.
  const auto row =
      std::find_if(kRows.begin(), kRows.end(), [&](const Trouble& one) { return one.status == status; });
  Trouble trouble = row != kRows.end()             ? *row
                    : status < 500                 ? kRows.front()
                    : status > 520 && status < 529 ? trouble_of(520)
                                                   : trouble_of(500);
  trouble.status = status;
  return trouble;
}

std::optional<Trouble> trouble_in(const HttpReply& reply) {
  if (reply.failure != HttpFailure::none) return std::nullopt;
  const bool good = reply.status == 200;
  // Nearly all replies are good, and are not read twice for it.
  const bool may_tell = reply.body.find("error") != std::string::npos;
  if (good && !may_tell) return std::nullopt;
  const std::optional<Complaint> complaint = !good || reply.content_type.find("event-stream") == std::string::npos
                                                 ? complaint_in(reply.body)
                                                 : complaint_in_events(reply.body);
  if (good && !complaint) return std::nullopt;
  int status = reply.status;
  if (good) status = complaint->status.value_or(kUntoldError);
  if (complaint && complaint->status == kQuotaUsedUp && is_error_status(status)) status = kQuotaUsedUp;
  Trouble trouble = trouble_of(status);
  if (complaint && complaint->of_content && trouble.about == About::request) {
    trouble.at_first = false;
    trouble.of_content = true;
  }
  return trouble;
}

}  // namespace assay::http

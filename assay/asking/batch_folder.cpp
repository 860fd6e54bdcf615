#include "assay/asking/batch_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/data/file_list.h"
#include "assay/data/text_file.h"
#include "assay/http/api_json.h"
#include "assay/judge/call_failure.h"

namespace assay::asking {
namespace {

using http::ApiJson;
using http::member;

constexpr std::size_t kMostLines = 50'000;
constexpr std::size_t kMostBytes = 200'000'000;
constexpr std::size_t kMostPassing = 5;  // batches
constexpr std::string_view kBodyKey = R"("body":)";

// "a3-0123456789abcdef-r0-t1": the batch, the request, its repeat, and how often it was tried.
std::string custom_id(std::size_t batch, const std::string& body, std::uint32_t repeat, std::size_t tries) {
  return fmt::format("a{}-{:016x}-r{}-t{}", batch, fnv1a(body), repeat, tries);
}

struct IdParts {
  std::size_t batch = 0;
  std::uint32_t repeat = 0;
  std::size_t tries = 0;
};

// Only the form is looked at: whether the id is that of its request is for the caller.
std::optional<IdParts> parts_of_id(std::string_view id) {
  IdParts parts;
  const auto number = [&](std::string_view before, auto& value) {
    if (!id.starts_with(before)) return false;
    id.remove_prefix(before.size());
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), value);
    id.remove_prefix(static_cast<std::size_t>(end - id.data()));
    return error == std::errc();
  };
  constexpr std::size_t kDigest = 17;  // "-" and the digits
  if (!number("a", parts.batch) || id.size() < kDigest) return std::nullopt;
  id.remove_prefix(kDigest);
  if (!number("-r", parts.repeat) || !number("-t", parts.tries) || !id.empty()) return std::nullopt;
  return parts;
}

// Calls `each` with the JSON and the text of every line.
template <typename Each>
void read_lines(const std::string& path, const Each& each) {
  const auto source = data::open_source(path, nullptr);
  data::LineReader lines(*source);
  while (lines.next()) {
    if (lines.line().find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const ApiJson json = http::read_json(lines.line());
    if (!json.is_object() || !member(json, "custom_id").is_string()) {
      const bool cut = json.is_discarded() && lines.line().starts_with('{') && !lines.line().ends_with('}');
      throw DataError({path, lines.number()},
                      fmt::format("expected a line of a batch, an object with custom_id, came {}{}",
                                  cut ? "one that does not end (is the file whole?): " : "", quoted(lines.line())));
    }
    each(json, lines.line(), Location{path, lines.number()});
  }
}

// That these requests failed in the batch before, and why most of them did; empty if none did.
std::string failed_before(const std::map<std::string, std::size_t>& failures) {
  if (failures.empty()) return {};
  std::size_t all = 0;
  for (const auto& [why, count] : failures) all += count;
  const auto most = std::ranges::max_element(failures, {}, [](const auto& one) { return one.second; });
  const std::string of_these = failures.size() > 1 ? fmt::format(" {} of them", most->second) : "";
  return fmt::format(", of which {} failed in the batch before:{} {}", all, of_these, escaped(most->first));
}

bool holds_requests(const std::string& path) {
  bool requests = false;
  bool first = true;
  read_lines(path, [&](const ApiJson& json, std::string_view, const Location&) {
    if (std::exchange(first, false)) requests = json.contains("body") && json.contains("url");
  });
  return requests;
}

}  // namespace

BatchFolder::BatchFolder(std::string folder, BatchEndpoint endpoint, store::Study& study)
    : folder_(std::move(folder)), endpoint_(std::move(endpoint)), study_(study) {
  if (endpoint_.price) endpoint_.price = judge::halved(*endpoint_.price);
  data::make_folder(folder_);
  data::require_plain_files(folder_);
  if (const auto text = study_.remembered("batch failures")) {
    for (const ApiJson& id : http::read_json(*text)) counted_.insert(id.get<std::string>());
  }
  std::vector<std::string> replies;
  for (const std::string& path : data::jsonl_files(folder_)) {
    if (holds_requests(path)) {
      read_requests(path);
    } else {
      replies.push_back(path);
    }
  }
  const std::size_t before = counted_.size();
  CallLedger& ledger = study_.paid_calls();
  ledger.begin_group();
  for (const std::string& path : replies) read_replies(path);
  if (counted_.size() > before) study_.remember("batch failures", ApiJson(counted_).dump());
  ledger.end_group();
}

void BatchFolder::read_requests(const std::string& path) {
  files_.push_back({path});
  read_lines(path, [&](const ApiJson& json, std::string_view line, const Location& where) {
    const std::string id = member(json, "custom_id").get<std::string>();
    const std::optional<IdParts> parts = parts_of_id(id);
    // The bytes as they were asked for, which the ledger knows them by.
    const std::size_t begin = line.find(kBodyKey);
    const std::size_t end = line.rfind('}');
    std::string body(begin == std::string_view::npos
                         ? std::string_view()
                         : line.substr(begin + kBodyKey.size(), end - begin - kBodyKey.size()));
    if (!parts || id != custom_id(parts->batch, body, parts->repeat, parts->tries)) {
      throw DataError(where,
                      "expected a request as it was written here, came a changed one; put the file back as it was, "
                      "or take it out of the folder to ask anew");
    }
    const bool own =
        member(json, "url") == endpoint_.kind->path && member(member(json, "body"), "model") == endpoint_.model;
    batches_ = std::max(batches_, parts->batch);
    if (own) {
      files_.back().own = true;
      std::string& last = last_[{body, parts->repeat}];
      if (last.empty() || entries_.at(last).tries < parts->tries) last = id;
    }
    Entry& entry = entries_[id];
    entry = {std::move(body), parts->repeat, files_.size() - 1, parts->tries};
    entry.own = own;
  });
}

void BatchFolder::read_replies(const std::string& path) {
  read_lines(path, [&](const ApiJson& json, std::string_view, const Location& where) {
    const std::string id = member(json, "custom_id").get<std::string>();
    const auto asked = entries_.find(id);
    if (asked == entries_.end()) {
      throw DataError(where,
                      fmt::format("expected the reply to a request of this folder, came custom_id {}; is its "
                                  "batch-....jsonl missing?",
                                  quoted(id)));
    }
    if (!asked->second.own || asked->second.answered) return;  // or fetched twice
    const ApiJson& response = member(json, "response");
    const ApiJson& status = member(response, "status_code");
    const ApiJson& error = member(json, "error");
    asked->second.answered = files_[asked->second.file].answered = true;
    if (status.is_number_integer()) {
      keep(id, asked->second,
           endpoint_.kind->read(asked->second.body, status.get<int>(), member(response, "body"),
                                {endpoint_.price, endpoint_.max_tokens}));
    } else {
      // Never run: the batch expired or was cancelled, or the line was refused.
      asked->second.failed = asked->second.passes = true;
      asked->second.why = error.is_null() ? "no response and no error" : http::to_text(error);
    }
  });
}

void BatchFolder::keep(const std::string& id, const Entry& entry, BatchReply reply) {
  const CallKey key{endpoint_.url, endpoint_.model, entry.body, entry.repeat};
  if (reply.call.failure == 0) {
    // The first reply to a request is the ledger's, kept now or by an earlier run; another one was paid for, too.
    const bool first = replied_.try_emplace({entry.body, entry.repeat}, id).first->second == id;
    if (first) {
      if (!study_.paid_calls().find(key)) take(key, reply.call);
    } else if (counted_.insert(id).second) {
      reply.call.failure = static_cast<std::uint8_t>(judge::CallFailure::broken_off);
      reply.call.content = "another batch had answered the same request already";
      take(key, reply.call);
    }
    return;
  }
  Entry& failed = entries_.at(id);
  failed.failed = true;
  failed.why = std::move(reply.why);
  failed.final = reply.final;
  failed.passes = reply.passes;
  if (counted_.insert(id).second) take(key, reply.call);
}

void BatchFolder::take(const CallKey& key, const PaidCall& call) {
  study_.paid_calls().keep(key, call);
  ++taken_;
  billed_ = billed_ + call.cost.value_or(Money{});
}

const BatchFolder::Entry* BatchFolder::last_of(const std::string& body, std::uint32_t repeat) const {
  const auto last = last_.find({body, repeat});
  return last == last_.end() ? nullptr : &entries_.at(last->second);
}

std::optional<std::string> BatchFolder::given_up(const std::string& body, std::uint32_t repeat) const {
  const Entry* last = last_of(body, repeat);
  if (last == nullptr || !last->failed) return std::nullopt;
  const std::size_t tries =
      last->passes && endpoint_.tries > 1 ? std::max(endpoint_.tries, kMostPassing) : endpoint_.tries;
  return last->final || last->tries >= tries ? std::optional(last->why) : std::nullopt;
}

void BatchFolder::add(const std::string& body, std::uint32_t repeat, Money at_most) {
  added_[{body, repeat}] = at_most;
}

std::string BatchFolder::finish() {
  const auto waits =
      std::find_if(files_.begin(), files_.end(), [](const InputFile& file) { return file.own && !file.answered; });
  if (waits != files_.end()) {
    return fmt::format(
        "{} has no output yet: put its output and error file (.jsonl) into the folder, and give the same command "
        "again; if it will never have one, take it out of the folder",
        escaped(waits->path));
  }
  const std::size_t batch = batches_ + 1;
  std::map<std::string, std::size_t> failures;  // by why
  std::vector<std::string> files;
  std::ofstream file;
  std::size_t lines = 0, bytes = 0;
  Money most;
  std::string path;
  const auto close = [&] {
    file.close();
    if (!file) throw Error(escaped(path) + ": can't be written");
    data::rename_file(path + ".part", path);
  };
  for (const auto& [request, at_most] : added_) {  // sorted by body
    const auto& [body, repeat] = request;
    const Entry* last = last_of(body, repeat);
    if (last != nullptr && last->failed) ++failures[last->why];
    const std::string line = fmt::format(R"({{"custom_id":"{}","method":"POST","url":"{}",{}{}}})"
                                         "\n",
                                         custom_id(batch, body, repeat, last == nullptr ? 1 : last->tries + 1),
                                         endpoint_.kind->path, kBodyKey, body);
    if (files.empty() || lines == kMostLines || bytes + line.size() > kMostBytes) {
      if (!files.empty()) close();
      const std::string part = files.empty() ? "" : fmt::format("-{}", files.size() + 1);
      path = data::join_path(folder_, fmt::format("batch-{:04}{}.jsonl", batch, part));
      files.push_back(path);
      file.open(path + ".part", std::ios::binary | std::ios::trunc);
      lines = bytes = 0;
    }
    file << line;
    ++lines;
    bytes += line.size();
    most = most + at_most;
  }
  close();
  const std::string cost = endpoint_.price ? fmt::format(", at most {} at half the price", dollars_text(most)) : "";
  return fmt::format(
      "{}{}: {} requests{}{}; have them answered as batches, put the output and error files (.jsonl) into {}, "
      "and give the same command again",
      escaped(files.front()), files.size() > 1 ? fmt::format(" and {} more", files.size() - 1) : "", added_.size(),
      cost, failed_before(failures), escaped(folder_));
}

}  // namespace assay::asking

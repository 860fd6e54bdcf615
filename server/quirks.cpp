#include "server/quirks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "assay/core/error.h"
#include "assay/core/hash.h"

namespace assay::server {
namespace {

using Tree = nlohmann::ordered_json;
using std::chrono::milliseconds;

// Half a character can't be dumped: it is put into the text afterwards.
constexpr const char* kHalf = "@half@";

// A request as the quirks see it.
struct Asked {
  std::string_view body;
  std::string_view message;
  std::uint64_t hash = 0;
  std::size_t nth = 0;       // of the distinct requests, from 0
  std::size_t times = 0;     // that this one came, with now
  std::size_t answered = 0;  // requests so far
  milliseconds since{0};     // the first request

  bool chosen(std::uint64_t one_of) const { return mix64(hash) % one_of == 0; }
};

// A reply that is being made up.
struct Draft {
  Tree message;  // content and what stands beside it
  std::string finish = "stop";
  Tree usage;
  std::string prefix;  // of the body
  std::optional<std::string> content_type = "application/json";
  bool json = false;
  bool stream = false;
  std::uint64_t tokens_in = 0, tokens_out = 0, cached_in = 0;  // as billed

  std::string& text() { return message["content"].get_ref<std::string&>(); }
  bool has_text() const { return message.at("content").is_string(); }
};

QuirkReply error_reply(int status, Tree error) {
  return {status, {{"Content-Type", "application/json"}}, Tree{{"error", std::move(error)}}.dump()};
}

QuirkReply status_reply(int status) {
  QuirkReply reply = error_reply(status, {{"message", "not now"}, {"type", "unavailable"}, {"code", status}});
  if (status == 429) reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

Tree code_of(std::string_view value) {
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc() && end == value.data() + value.size()) return number;
  return std::string(value);
}

std::uint64_t number_in(std::string_view value) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (value.empty() || error != std::errc() || end != value.data() + value.size() || number > 1'000'000'000) {
    throw InvalidArgument("expected a whole number as the value of a quirk, came " + quoted(value));
  }
  return number;
}

int status_in(std::string_view value) {
  const std::uint64_t status = number_in(value);
  if (status < 300 || status > 599)
    throw InvalidArgument("expected a status from 300 to 599, came " + quoted(value));
  return static_cast<int>(status);
}

struct Window {
  std::string_view what;
  milliseconds length{0};
};

// "STATUS:SECONDS"
Window window_in(std::string_view value) {
  const std::size_t colon = value.find(':');
  if (colon == std::string_view::npos)
    throw InvalidArgument("expected WHAT:SECONDS as the value of a quirk, came " + quoted(value));
  return {value.substr(0, colon), std::chrono::seconds(number_in(value.substr(colon + 1)))};
}

constexpr milliseconds kCalm{500};  // before an outage, so that something is answered first

bool in_outage(const Asked& asked, const Window& window) {
  return asked.since >= kCalm && asked.since < kCalm + window.length;
}

QuirkReply body_error(std::string_view code) {
  return error_reply(200, {{"message", "Provider returned error"}, {"code", code_of(code)}});
}

using Value = std::string_view;
using Instead = std::optional<QuirkReply> (*)(const Asked& asked, Value value);
using Shape = void (*)(Draft& draft, Value value);

struct Row {
  Quirk quirk;
  Instead instead;
  Shape shape;
  void (*check)(Value value);
};

void check_number(Value value) { number_in(value); }
void check_status(Value value) { status_in(value); }
void check_window(Value value) { status_in(window_in(value).what); }
void check_code_window(Value value) { window_in(value); }
void check_any(Value /*value*/) {}

constexpr std::uint64_t kSome = 3;  // one request of so many is hit
constexpr std::uint64_t kFew = 8;

constexpr Row kRows[] = {
    {{"once", "408", "One request of three gets this status the first time it comes"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       if (asked.times > 1 || !asked.chosen(kSome)) return std::nullopt;
       return status_reply(status_in(value));
     },
     nullptr,
     check_status},
    {{"outage", "503:4", "After half a second all requests get this status, for so many seconds"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       const Window window = window_in(value);
       if (!in_outage(asked, window)) return std::nullopt;
       return status_reply(status_in(window.what));
     },
     nullptr,
     check_window},
    {{"loading", "5", "The model loads for so many seconds: 503"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       if (asked.since >= std::chrono::seconds(number_in(value))) return std::nullopt;
       return error_reply(503, {{"message", "Loading model"}, {"type", "unavailable_error"}, {"code", 503}});
     },
     nullptr,
     check_number},
    {{"body-error", "429", "As once, but status 200 with an error that has this code, a number or a word"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       if (asked.times > 1 || !asked.chosen(kSome)) return std::nullopt;
       return body_error(value);
     },
     nullptr,
     check_any},
    {{"body-outage", "429:4", "As outage, but status 200 with an error that has this code"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       const Window window = window_in(value);
       if (!in_outage(asked, window)) return std::nullopt;
       return body_error(window.what);
     },
     nullptr,
     check_code_window},
    {{"choice-error", nullptr, "As once, but status 200 with an error in the choice"},
     [](const Asked& asked, Value) -> std::optional<QuirkReply> {
       if (asked.times > 1 || !asked.chosen(kSome)) return std::nullopt;
       const Tree error{{"message", "Provider disconnected"}, {"code", 502}};
       const Tree choice{{"index", 0},
                         {"message", {{"role", "assistant"}, {"content", ""}}},
                         {"finish_reason", "error"},
                         {"error", error}};
       return QuirkReply{
           200, {{"Content-Type", "application/json"}}, Tree{{"choices", Tree::array({choice})}}.dump()};
     },
     nullptr,
     check_any},
    {{"quota", "6", "After so many answers the quota is used up: 429 insufficient_quota"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       if (asked.answered < number_in(value)) return std::nullopt;
       return error_reply(429, {{"message", "You exceeded your current quota"},
                                {"type", "insufficient_quota"},
                                {"code", "insufficient_quota"}});
     },
     nullptr,
     check_number},
    {{"payment", "6", "After so many answers there is no credit left: 402"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       if (asked.answered < number_in(value)) return std::nullopt;
       return error_reply(402, {{"message", "Insufficient credits"}, {"code", 402}});
     },
     nullptr,
     check_number},
    {{"moderation", "6", "The request with this number is never answered: 403, flagged by moderation"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       if (asked.nth != number_in(value)) return std::nullopt;
       return error_reply(403, {{"message", "Your input was flagged"},
                                {"code", 403},
                                {"metadata", {{"reasons", Tree::array({"violence"})}}}});
     },
     nullptr,
     check_number},
    {{"filter", "6", "The request with this number is never answered: 400, content_filter"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       if (asked.nth != number_in(value)) return std::nullopt;
       return error_reply(400, {{"message", "The prompt was filtered"}, {"code", "content_filter"}});
     },
     nullptr,
     check_number},
    {{"too-long", "8000", "Prompts, or texts to embed, of more bytes are never answered: 400"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       if (asked.message.size() <= number_in(value)) return std::nullopt;
       return error_reply(400, {{"message", "This model's maximum context length is 2048 tokens"},
                                {"code", "context_length_exceeded"}});
     },
     nullptr,
     check_number},
    {{"no-response-format", nullptr, "A request with response_format is refused: 400"},
     [](const Asked& asked, Value) -> std::optional<QuirkReply> {
       if (asked.body.find("\"response_format\"") == std::string_view::npos) return std::nullopt;
       return error_reply(400, {{"message", "response_format is not supported"}, {"param", "response_format"}});
     },
     nullptr,
     check_any},
    {{"resets", "4", "After half a second all connections end without a reply, for so many seconds; not billed"},
     [](const Asked& asked, Value value) -> std::optional<QuirkReply> {
       if (!in_outage(asked, {"", std::chrono::seconds(number_in(value))})) return std::nullopt;
       QuirkReply reply;
       reply.reset = reply.unheard = true;
       return reply;
     },
     nullptr,
     check_number},
    {{"reset", nullptr, "As once, but the connection ends without a reply, which is billed all the same"},
     [](const Asked& asked, Value) -> std::optional<QuirkReply> {
       if (asked.times > 1 || !asked.chosen(kSome)) return std::nullopt;
       QuirkReply reply;
       reply.reset = true;
       return reply;
     },
     nullptr,
     check_any},
    // Usage.
    {{"reasoning-beside", "300", "So many tokens of reasoning are billed beside completion_tokens, and told"},
     nullptr,
     [](Draft& draft, Value value) {
       const std::uint64_t thought = number_in(value);
       draft.tokens_out += thought;
       draft.usage["total_tokens"] = draft.tokens_in + draft.tokens_out;
       draft.usage["completion_tokens_details"] = {{"reasoning_tokens", thought}};
     },
     check_number},
    {{"reasoning-untold", "300", "The same, and total_tokens alone tells"},
     nullptr,
     [](Draft& draft, Value value) {
       draft.tokens_out += number_in(value);
       draft.usage["total_tokens"] = draft.tokens_in + draft.tokens_out;
     },
     check_number},
    {{"reasoning-within", "300", "So many tokens of reasoning are part of completion_tokens"},
     nullptr,
     [](Draft& draft, Value value) {
       const std::uint64_t thought = number_in(value);
       draft.tokens_out += thought;
       draft.usage["completion_tokens"] = draft.usage.value("completion_tokens", std::uint64_t{0}) + thought;
       draft.usage["total_tokens"] = draft.tokens_in + draft.tokens_out;
       draft.usage["completion_tokens_details"] = {{"reasoning_tokens", thought}};
     },
     check_number},
    {{"usage-cached", nullptr, "Half of the prompt comes from the cache, and is told as cached_tokens"},
     nullptr,
     [](Draft& draft, Value) {
       draft.cached_in = draft.tokens_in / 2;
       draft.usage["prompt_tokens_details"] = {{"cached_tokens", draft.cached_in}};
     },
     check_any},
    {{"usage-total", nullptr, "Of the usage total_tokens alone is told"},
     nullptr,
     [](Draft& draft, Value) {
       draft.usage = {{"total_tokens", draft.tokens_in + draft.tokens_out}};
     },
     check_any},
    {{"usage-contradicts", nullptr, "total_tokens is less than its parts"},
     nullptr,
     [](Draft& draft, Value) { draft.usage["total_tokens"] = draft.tokens_out; },
     check_any},
    {{"usage-floats", nullptr, "Counts are written 12.0"},
     nullptr,
     [](Draft& draft, Value) {
       for (auto& [name, count] : draft.usage.items()) {
         if (count.is_number()) count = count.get<double>();
       }
     },
     check_any},
    {{"usage-negative", nullptr, "Counts are -1"},
     nullptr,
     [](Draft& draft, Value) {
       for (auto& [name, count] : draft.usage.items()) {
         if (count.is_number()) count = -1;
       }
     },
     check_any},
    {{"usage-null", nullptr, "The usage is null"},
     nullptr,
     [](Draft& draft, Value) { draft.usage = nullptr; },
     check_any},
    // What a reply looks like.
    {{"ignores-response-format", nullptr, "Where an object is asked for, prose comes"},
     nullptr,
     [](Draft& draft, Value) {
       if (draft.json && draft.has_text())
         draft.text() = "All in all I like the first answer better than the second.";
     },
     check_any},
    {{"fence", nullptr, "The reply stands in a fence, ```JSON"},
     nullptr,
     [](Draft& draft, Value) {
       if (draft.has_text()) draft.text() = "```JSON\n" + draft.text() + "\n```";
     },
     check_any},
    {{"prose-around", nullptr, "A sentence before the verdict and one after it"},
     nullptr,
     [](Draft& draft, Value) {
       if (draft.has_text()) draft.text() = "I weighed both.\n" + draft.text() + "\nI hope this helps.";
     },
     check_any},
    {{"think", nullptr, "Thoughts in <think>...</think> before the verdict"},
     nullptr,
     [](Draft& draft, Value) {
       if (draft.has_text()) draft.text() = "<think>\nVERDICT: A or B? SCORE: 1? Hm.\n</think>\n\n" + draft.text();
     },
     check_any},
    {{"think-cut", nullptr, "Thoughts before the verdict of which only the end, </think>, is marked"},
     nullptr,
     [](Draft& draft, Value) {
       if (draft.has_text()) draft.text() = "Is it A? Hm.\n</think>\n\n" + draft.text();
     },
     check_any},
    {{"half-surrogate", nullptr, "Half an emoji before the verdict, \\ud83d"},
     nullptr,
     [](Draft& draft, Value) {
       if (draft.has_text()) draft.text() = std::string("Well ") + kHalf + ".\n" + draft.text();
     },
     check_any},
    {{"cut", nullptr, "The reply to one request of eight is cut off at the limit of tokens"},
     nullptr,
     [](Draft& draft, Value) {
       if (!draft.has_text() || draft.finish != "cut") return;
       draft.text().resize(draft.text().size() / 2);
       draft.finish = "length";
     },
     check_any},
    {{"parts", nullptr, "The content comes in parts, thoughts among them"},
     nullptr,
     [](Draft& draft, Value) {
       if (!draft.has_text()) return;
       const Tree thoughts{{"type", "thinking"},
                           {"thinking", Tree::array({{{"type", "text"}, {"text", "Is it B? Hm."}}})}};
       draft.message["content"] = Tree::array({thoughts, {{"type", "text"}, {"text", draft.text()}}});
     },
     check_any},
    {{"reasoning-only", nullptr, "The content is null, all that was said stands in reasoning_content"},
     nullptr,
     [](Draft& draft, Value) {
       if (draft.has_text()) draft.message["reasoning_content"] = draft.text();
       draft.message["content"] = nullptr;
     },
     check_any},
    {{"blank-lines", nullptr, "Blank lines come before the reply, to keep the connection alive"},
     nullptr,
     [](Draft& draft, Value) { draft.prefix += "\n\n   \n"; },
     check_any},
    {{"no-content-type", nullptr, "The reply has no Content-Type"},
     nullptr,
     [](Draft& draft, Value) { draft.content_type.reset(); },
     check_any},
    {{"events", nullptr, "The reply is streamed, whoever asked for it"},
     nullptr,
     [](Draft& draft, Value) { draft.stream = true; },
     check_any},
};

constexpr std::size_t kQuirks = std::size(kRows);

constexpr auto kNames = [] {
  std::array<Quirk, kQuirks> names{};
  for (std::size_t i = 0; i < kQuirks; ++i) names[i] = kRows[i].quirk;
  return names;
}();

std::string rendered(const Tree& tree) {
  std::string text = tree.dump(-1, ' ', false, Tree::error_handler_t::replace);
  for (std::size_t at = text.find(kHalf); at != std::string::npos; at = text.find(kHalf, at)) {
    text.replace(at, std::string_view(kHalf).size(), "\\ud83d");
  }
  return text;
}

Tree body_of(const JudgedReply& reply, const char* object, Tree choice) {
  return {{"id", fmt::format("chatcmpl-{}", reply.number)},
          {"object", object},
          {"created", 0},
          {"model", reply.model},
          {"choices", Tree::array({std::move(choice)})}};
}

std::string whole_body(const JudgedReply& reply, const Draft& draft) {
  Tree body = body_of(reply, "chat.completion",
                      {{"index", 0}, {"message", draft.message}, {"finish_reason", draft.finish}});
  body["usage"] = draft.usage;
  return draft.prefix + rendered(body);
}

std::string event_body(const JudgedReply& reply, const Draft& draft) {
  const Tree said =
      body_of(reply, "chat.completion.chunk", {{"index", 0}, {"delta", draft.message}, {"finish_reason", nullptr}});
  Tree last = body_of(reply, "chat.completion.chunk",
                      {{"index", 0}, {"delta", Tree::object()}, {"finish_reason", draft.finish}});
  last["usage"] = draft.usage;
  return draft.prefix + "data: " + rendered(said) + "\n\ndata: " + rendered(last) + "\n\ndata: [DONE]\n\n";
}

}  // namespace

std::span<const Quirk> quirks() { return kNames; }

struct Quirks::Impl {
  struct Wanted {
    const Row* row;
    std::string value;
  };
  struct Seen {
    std::size_t nth = 0;
    std::size_t times = 0;
  };

  std::vector<Wanted> wanted;  // in the order of the table
  std::unordered_map<std::uint64_t, Seen> seen;
  std::optional<milliseconds> began;
  Asked last;
  bool reset = false;  // the next answer is made, billed and lost
  QuirkBill bill;

  const Wanted* find(std::string_view name) const {
    for (const Wanted& one : wanted) {
      if (one.row->quirk.name == name) return &one;
    }
    return nullptr;
  }

  milliseconds since_began(milliseconds now) {
    if (!began) began = now;
    return now - *began;
  }
};

Quirks::Quirks(const std::vector<std::string>& wanted) : impl_(std::make_unique<Impl>()) {
  for (const std::string& one : wanted) {
    const std::size_t equals = one.find('=');
    const std::string name = one.substr(0, equals);
    const auto row =
        std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& each) { return each.quirk.name == name; });
    if (row == std::end(kRows)) {
      throw InvalidArgument("expected the name of a quirk, see replay-judge --help, came " + quoted(name));
    }
    if (equals != std::string::npos && row->quirk.value == nullptr) {
      throw InvalidArgument("quirk " + name + " takes no value, came " + quoted(one));
    }
    const char* standard = row->quirk.value == nullptr ? "" : row->quirk.value;
    std::string value = equals == std::string::npos ? standard : one.substr(equals + 1);
    row->check(value);
    impl_->wanted.push_back({row, std::move(value)});
  }
  std::stable_sort(impl_->wanted.begin(), impl_->wanted.end(),
                   [](const Impl::Wanted& a, const Impl::Wanted& b) { return a.row < b.row; });
}

Quirks::Quirks(Quirks&&) noexcept = default;
Quirks::~Quirks() = default;

bool Quirks::any() const { return !impl_->wanted.empty(); }

const QuirkBill& Quirks::bill() const { return impl_->bill; }

std::optional<QuirkReply> Quirks::instead(std::string_view body, std::string_view message, milliseconds now) {
  Impl& impl = *impl_;
  const std::uint64_t hash = fnv1a(body);
  const auto [at, added] = impl.seen.try_emplace(hash, Impl::Seen{impl.seen.size()});
  Asked asked{body, message, hash, at->second.nth, ++at->second.times, impl.bill.replies, impl.since_began(now)};
  impl.reset = false;
  impl.last = asked;
  for (const Impl::Wanted& one : impl.wanted) {
    if (one.row->instead == nullptr) continue;
    std::optional<QuirkReply> reply = one.row->instead(asked, one.value);
    if (!reply) continue;
    if (!reply->reset || reply->unheard) return reply;
    impl.reset = true;  // by `answer`, as it is billed
  }
  return std::nullopt;
}

QuirkReply Quirks::answer(const JudgedReply& reply) {
  Impl& impl = *impl_;
  Draft draft;
  draft.message = {{"role", "assistant"}, {"content", reply.content}};
  draft.usage = {{"prompt_tokens", reply.tokens_in},
                 {"completion_tokens", reply.tokens_out},
                 {"total_tokens", reply.tokens_in + reply.tokens_out}};
  draft.json = reply.json;
  draft.stream = reply.stream;
  draft.tokens_in = reply.tokens_in;
  draft.tokens_out = reply.tokens_out;
  if (impl.find("cut") != nullptr && impl.last.chosen(kFew)) draft.finish = "cut";
  for (const Impl::Wanted& one : impl.wanted) {
    if (one.row->shape != nullptr) one.row->shape(draft, one.value);
  }
  if (draft.finish == "cut") draft.finish = "length";
  ++impl.bill.replies;
  impl.bill.tokens_in += draft.tokens_in;
  impl.bill.cached_in += draft.cached_in;
  impl.bill.tokens_out += draft.tokens_out;
  impl.bill.most_out = std::max<std::size_t>(impl.bill.most_out, draft.tokens_out);
  QuirkReply result;
  result.reset = impl.reset;
  result.body = draft.stream ? event_body(reply, draft) : whole_body(reply, draft);
  if (draft.stream) {
    result.headers.emplace_back("Content-Type", "text/event-stream");
  } else if (draft.content_type) {
    result.headers.emplace_back("Content-Type", *draft.content_type);
  }
  return result;
}

std::optional<QuirkReply> Quirks::instead(const std::vector<std::string>& inputs, milliseconds now) {
  std::size_t longest = 0;
  std::string all;
  for (const std::string& input : inputs) {
    longest = std::max(longest, input.size());
    all += input + '\n';
  }
  const std::string message(longest, ' ');  // only its length counts
  std::optional<QuirkReply> reply = instead(all, message, now);
  if (impl_->reset) return QuirkReply{.reset = true};
  return reply;
}

}  // namespace assay::server

#include "assay/answering/answerer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/http/api_json.h"
#include "assay/http/api_request.h"
#include "assay/http/url.h"
#include "assay/judge/chat_calls.h"
#include "assay/judge/chat_lanes.h"
#include "assay/judge/chat_protocol.h"
#include "assay/judge/judge_program.h"
#include "assay/judge/thoughts.h"

namespace assay::answering {
namespace {

// Answers that a reply brings along may be long.
constexpr std::size_t kMostReplyBytes = 16U << 20U;

const std::string& url_of(const Candidate& candidate, const AnswererOptions& options) {
  return candidate.url.empty() ? options.default_url : candidate.url;
}

judge::CallRules rules_of(const Candidate& candidate, const std::string& key, const AnswererOptions& options) {
  const std::string& url = url_of(candidate, options);
  judge::CallRules rules;
  rules.url = http::api_url(url, judge::kChatPath);
  rules.model = candidate.model;
  rules.post = http::api_request({url, key, {}, options.timeout}, judge::kChatPath);
  rules.post.body_bytes = kMostReplyBytes;
  rules.price = candidate.price;
  rules.max_tokens = candidate.max_tokens;
  rules.tries = options.retries + 1;
  rules.patience = options.patience;
  rules.concurrency.most = candidate.at_once;
  rules.takes_truncated = true;
  return rules;
}

// A candidate's limit stands in its file: the field of this name is the judge's.
std::string naming_limit(std::string why, const Candidate& candidate) {
  constexpr std::string_view kLimit = "`max_tokens`";
  const std::size_t at = why.find(kLimit);
  if (at == std::string::npos) return why;
  return why.replace(at, kLimit.size(),
                     candidate.completion_tokens ? "\"max_completion_tokens\"" : "\"max_tokens\"");
}

GivenAnswer given(const judge::ChatOutcome& outcome, const Candidate& candidate) {
  GivenAnswer answer;
  answer.known = outcome.known;
  answer.truncated = outcome.truncated;
  if (outcome.failure != judge::CallFailure::none) {
    answer.failure = naming_limit(outcome.content, candidate);
    return answer;
  }
  if (outcome.truncated && judge::ends_in_thoughts(outcome.content)) {
    answer.failure = naming_limit("expected an answer, came thoughts that were cut off at `max_tokens`", candidate);
    return answer;
  }
  answer.text = judge::without_thoughts(outcome.content);
  const auto count = [](std::optional<std::uint64_t> tokens) -> std::optional<std::int64_t> {
    if (!tokens) return std::nullopt;
    return static_cast<std::int64_t>(*tokens);
  };
  answer.took.tokens_in = count(outcome.tokens_in);
  answer.took.tokens_out = count(outcome.tokens_out);
  if (outcome.cost) answer.took.cost = outcome.cost->micros;
  if (outcome.took.count() > 0) answer.took.seconds = static_cast<double>(outcome.took.count()) / 1000;
  return answer;
}

}  // namespace

void check_reachable(std::span<const Candidate> candidates, const AnswererOptions& options) {
  std::map<std::pair<std::string, std::string>, const Candidate*> seen;
  for (const Candidate& candidate : candidates) {
    const bool program = !candidate.program.empty();
    const std::string url = program ? std::string() : url_of(candidate, options);
    if (url.empty() && !program) {
      throw InvalidArgument(fmt::format(
          "candidate {} needs the URL of an API, \"url\" in its file or OPENAI_BASE_URL", quoted(candidate.name)));
    }
    const auto [other, is_new] = seen.try_emplace({url, settings_of(candidate)}, &candidate);
    if (is_new) continue;
    throw InvalidArgument(fmt::format("candidates {} and {} are the same model with the same settings",
                                      quoted(other->second->name), quoted(candidate.name)));
  }
}

class Answerer::Endpoint {
 public:
  Endpoint(const Candidate& candidate, const std::string& key, const AnswererOptions& options,
           http::HttpClient& client, CallLedger& ledger, judge::Budget& budget)
      : calls_(client, ledger, budget, rules_of(candidate, key, options)) {}

  judge::ChatCalls& calls() { return calls_; }

 private:
  judge::ChatCalls calls_;
};

class Answerer::Program {
 public:
  Program(const Candidate& candidate, const AnswererOptions& options)
      : candidate_(candidate),
        program_(candidate.program, {options.timeout, options.waiting, options.said, options.start}) {}

  void ask(std::span<const Question> questions, std::span<const std::size_t> mine,
           const std::function<void(std::size_t, const GivenAnswer&)>& answered) {
    const auto request = [&](std::size_t i, std::uint64_t id) {
      nlohmann::ordered_json line;
      line["id"] = id;
      line["ask"] = "response";
      line["model"] = candidate_.name;
      line["prompt"] = std::string(questions[mine[i]].prompt);
      const Question& question = questions[mine[i]];
      line["messages"] = nlohmann::ordered_json::parse(messages_of(candidate_, question.prompt, question.chat));
      return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
    };
    program_.ask(mine.size(), request, [&](std::size_t i, const judge::ProgramReply& reply) {
      GivenAnswer answer;
      answer.failure = reply.failure;
      if (reply.failure.empty() && !reply.response) answer.failure = "expected \"response\", came a judgement";
      if (answer.failure.empty()) answer.text = *reply.response;
      answered(mine[i], answer);
      return answer.failure;
    });
  }

 private:
  const Candidate& candidate_;
  judge::JudgeProgram program_;
};

Answerer::Answerer(std::vector<Candidate> candidates, CallLedger& ledger, judge::Budget& budget,
                   AnswererOptions options)
    : candidates_(std::move(candidates)), options_(std::move(options)), gone_(candidates_.size()) {
  check_reachable(candidates_, options_);
  options_.keys.resize(candidates_.size());
  http::HttpLimits limits;
  limits.connections = 0;
  for (const Candidate& candidate : candidates_) limits.connections += candidate.at_once;
  limits.heed_environment = options_.heed_environment;
  if (options_.client == nullptr) own_client_ = http::make_http_client(limits);
  http::HttpClient& client = options_.client != nullptr ? *options_.client : *own_client_;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& candidate = candidates_[i];
    const bool program = !candidate.program.empty();
    if (budget.most() && !candidate.price && !program) {
      throw InvalidArgument(fmt::format(
          "`max_cost` needs the price of each candidate: give {} a \"price\", or name its model in `prices`",
          quoted(candidate.name)));
    }
    programs_.push_back(program ? std::make_unique<Program>(candidate, options_) : nullptr);
    endpoints_.push_back(
        program ? nullptr
                : std::make_unique<Endpoint>(candidate, options_.keys[i], options_, client, ledger, budget));
  }
}

Answerer::~Answerer() = default;

const std::vector<Candidate>& Answerer::candidates() const { return candidates_; }

const std::string& Answerer::gone(std::size_t candidate) const { return gone_[candidate]; }

judge::CallCounts Answerer::counts(std::size_t candidate) const {
  return endpoints_[candidate] ? endpoints_[candidate]->calls().counts() : judge::CallCounts{};
}

// One line for all that wait at the same address. `asked`: at this time.
void Answerer::tell_trouble(std::size_t candidate, std::span<const std::size_t> asked, std::string_view why) const {
  constexpr std::size_t kNamesTold = 3;
  std::vector<std::size_t> waiting;
  for (const std::size_t other : asked) {
    const bool same = url_of(candidates_[other], options_) == url_of(candidates_[candidate], options_);
    if (same && endpoints_[other]->calls().in_trouble()) waiting.push_back(other);
  }
  if (waiting.empty() || waiting.front() != candidate) return;
  std::string names;
  for (std::size_t i = 0; i < std::min(waiting.size(), kNamesTold); ++i) {
    names += (i > 0 ? ", " : "") + escaped(candidates_[waiting[i]].name);
  }
  if (waiting.size() > kNamesTold) names += fmt::format(" and {} more", waiting.size() - kNamesTold);
  options_.troubled(fmt::format("{}: {}", names, why));
}

void Answerer::ask(std::span<const Question> questions,
                   const std::function<void(std::size_t, const GivenAnswer&)>& answered,
                   const std::function<bool()>& stalled) {
  std::vector<std::vector<std::size_t>> of(candidates_.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (gone_[questions[i].candidate].empty()) of[questions[i].candidate].push_back(i);
  }
  std::vector<judge::ChatCalls::Tasks> tasks(candidates_.size());
  std::vector<judge::ChatLane> lanes;
  std::vector<std::size_t> candidate_of;
  for (std::size_t c = 0; c < candidates_.size(); ++c) {
    if (of[c].empty() || !endpoints_[c]) continue;
    tasks[c].count = of[c].size();
    tasks[c].request = [&, c](std::size_t task) {
      const Question& question = questions[of[c][task]];
      judge::ChatCalls::Request request;
      request.body = chat_body(candidates_[c], question.prompt, question.chat);
      request.prompt_bytes = std::max(question.prompt.size(), question.chat.size()) + candidates_[c].system.size();
      return request;
    };
    tasks[c].readable = [](std::size_t, const judge::ChatCalls::Request&, const std::string&) { return true; };
    tasks[c].done = [&, c](std::size_t task, const judge::ChatOutcome& outcome) {
      answered(of[c][task], given(outcome, candidates_[c]));
    };
    if (options_.troubled) {
      endpoints_[c]->calls().troubled = [&, c](std::string_view why) { tell_trouble(c, candidate_of, why); };
    }
    lanes.push_back({&endpoints_[c]->calls(), &tasks[c], {}});
    candidate_of.push_back(c);
  }
  http::HttpClient& client = options_.client != nullptr ? *options_.client : *own_client_;
  bool goes_on = true;
  judge::run_together(client, lanes, options_.waiting, [&] { return goes_on = !stalled || stalled(); });
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const std::size_t c = candidate_of[i];
    gone_[c] = naming_limit(std::move(lanes[i].ended), candidates_[c]);
  }
  for (std::size_t c = 0; c < candidates_.size(); ++c) {
    if (of[c].empty() || !programs_[c] || !goes_on) continue;
    try {
      programs_[c]->ask(questions, of[c], answered);
    } catch (const OracleError& error) {
      gone_[c] = error.what();
    }
  }
}

}  // namespace assay::answering

#include "gateway/vote.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "assay/core/error.h"
#include "assay/http/retry_after.h"
#include "assay/judge/chat_protocol.h"
#include "assay/judge/label_in_reply.h"
#include "assay/report/json.h"
#include "assay/store/name_list.h"
#include "gateway/reply_stream.h"
#include "gateway/upstream_request.h"
#include "server/access_token.h"

namespace assay::gateway {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::size_t kReplyBytes = 4U << 20U;

std::string bytes_of(const json& tree) { return tree.dump(-1, ' ', false, json::error_handler_t::replace); }

bool names_label(Label vote) { return vote != kUnanswered && vote != kNotRun; }

std::string_view name_of(ensemble::StopReason reason) {
  switch (reason) {
    case ensemble::StopReason::settled: return "settled";
    case ensemble::StopReason::sure_enough: return "sure enough";
    case ensemble::StopReason::all_asked:
    case ensemble::StopReason::goes_on: break;
  }
  return "all asked";
}

// One request for a label. It lives as long as a call or a timer knows it.
class Voting : public server::ReplyReceiver, public std::enable_shared_from_this<Voting> {
 public:
  Voting(ProxyShared& shared, ProxyRequest asked)
      : shared_(shared),
        asked_(std::move(asked)),
        ensemble_(*asked_.serving->ensemble),
        at_(ensemble_.position(asked_.read.model)) {
    const routing::EnsembleContents& contents = ensemble_.file().contents();
    const auto most = static_cast<Label>(contents.labels.size());
    offered_ = contents.kind == LabelKind::options ? judge::options_in_prompt(asked_.read.text, most) : most;
    ++shared_.under_way;
  }
  ~Voting() override { --shared_.under_way; }
  Voting(const Voting&) = delete;
  Voting& operator=(const Voting&) = delete;

  void start(server::Responder responder) {
    responder_ = std::move(responder);
    responder_.on_gone([weak = weak_from_this()] {
      if (const std::shared_ptr<Voting> self = weak.lock()) self->gone();
    });
    go_on();
  }

  void head(server::IncomingHead head) override;
  void piece(std::string_view bytes) override {
    if (ignored_.is_ignoring()) return ignored_.piece(bytes);
    reply_ += bytes;
    if (reply_.size() <= kReplyBytes) return;
    call_.cancel();
    count(Attempt::broken);
    voted(kNotRun);
  }
  void end() override;
  void failed(const server::CallFailure& failure) override;

 private:
  const Configuration& configuration() const { return *asked_.serving->configuration; }
  const routing::EnsembleContents& contents() const { return ensemble_.file().contents(); }
  std::size_t model_index() const { return ensemble_.members(at_)[votes_.size()]; }
  const Upstream& upstream() const { return configuration().models[model_index()]; }
  ServedModel& model() const { return *asked_.serving->models[model_index()]; }

  void go_on();
  void ask();
  void count(Attempt how, milliseconds wait = milliseconds(0));
  void again_or_without(Attempt how, milliseconds wait = milliseconds(0));
  void voted(Label label);
  void answer(const ensemble::SequentialStep& step);
  void finish(int status);
  void gone();

  ProxyShared& shared_;
  ProxyRequest asked_;
  server::Responder responder_{nullptr};
  const ServedEnsemble& ensemble_;
  std::size_t at_;  // of the ensemble in its file
  Label offered_ = 0;
  std::vector<Label> votes_;
  std::vector<std::string> failures_;  // of members, in words
  server::HttpCall call_;
  server::IncomingHead head_;
  std::string reply_;
  IgnoredBody ignored_;       // of an error
  std::size_t attempts_ = 0;  // of the present member before this one
  Tokens tokens_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point sent_ = began_;
  bool asking_ = false;
  bool busy_ = false;  // a member was not asked, as no connection to it was free
  bool over_ = false;
};

void Voting::go_on() {
  const ensemble::SequentialStep step = ensemble_.file().vote(at_).next(votes_, offered_, contents().sure);
  if (step.done) return answer(step);
  attempts_ = 0;
  if (model().breaker.allows(Clock::now())) return ask();
  voted(kNotRun);
}

void Voting::ask() {
  asking_ = true;
  head_ = {};
  reply_.clear();
  const bool ask_usage = asked_.read.stream && !asked_.read.usage_asked;
  const auto body =
      std::make_shared<const std::string>(rewritten(asked_.request.body, asked_.read, upstream().model, ask_usage));
  sent_ = Clock::now();
  call_ =
      model().client.send(upstream_request(asked_.request, upstream(), Operation::chat, body), shared_from_this());
}

void Voting::count(Attempt how, milliseconds wait) {
  asking_ = false;
  ignored_.stop();
  count_attempt(shared_.metrics, shared_.note, upstream(), model(),
                {.how = how, .began = sent_, .wait = wait, .status = head_.status});
}

void Voting::again_or_without(Attempt how, milliseconds wait) {
  count(how, wait);
  const bool may_help =
      how == Attempt::limited || how == Attempt::error || how == Attempt::connect || how == Attempt::broken;
  if (!may_help || attempts_ >= configuration().retries || wait > kLongestWait || model().breaker.open()) {
    failures_.push_back(upstream().name + ": " + cause_of({.how = how, .status = head_.status}));
    return voted(kNotRun);
  }
  shared_.server.after(wait_before_retry(attempts_++, wait), [self = shared_from_this()] {
    if (!self->over_) self->ask();
  });
}

void Voting::head(server::IncomingHead head) {
  head_ = std::move(head);
  if (attempt_of(head_.status) == Attempt::ok) return;
  ignored_.begin(shared_.server, [weak = weak_from_this()] {
    const std::shared_ptr<Voting> self = weak.lock();
    if (self == nullptr) return;
    self->call_.cancel();
    self->end();
  });
}

void Voting::end() {
  const Attempt how = attempt_of(head_.status);
  if (how != Attempt::ok) return again_or_without(how, http::retry_after(head_.retry_after));
  const judge::ChatReply reply = judge::read_chat_reply(head_.status, head_.content_type, reply_);
  tokens_.in += reply.tokens_in.value_or(0);
  tokens_.out += reply.tokens_out.value_or(0);
  shared_.metrics.spent(upstream().name, {.in = reply.tokens_in.value_or(0), .out = reply.tokens_out.value_or(0)});
  if (const std::optional<FailedReply> failed = failure_in(shared_.reader, reply_)) {
    if (failed->status != 0) head_.status = failed->status;
    return again_or_without(attempt_of(*failed), http::retry_after(head_.retry_after));
  }
  if (reply.failure != judge::CallFailure::none && reply.content.empty()) return again_or_without(Attempt::broken);
  count(Attempt::ok);
  voted(judge::label_in_reply(reply.content, contents().labels, offered_));
}

void Voting::failed(const server::CallFailure& failure) {
  if (failure.kind != server::CallFailure::Kind::busy) return again_or_without(attempt_of(failure.kind));
  asking_ = false;
  busy_ = true;
  count_attempt(shared_.metrics, shared_.note, upstream(), model(),
                {.how = Attempt::connect, .busy = true, .began = sent_});
  voted(kNotRun);
}

void Voting::voted(Label label) {
  votes_.push_back(label);
  go_on();
}

void Voting::answer(const ensemble::SequentialStep& step) {
  const std::vector<std::size_t>& members = ensemble_.members(at_);
  const auto failed = std::ranges::count(votes_, kNotRun);
  if (failed == static_cast<std::ptrdiff_t>(votes_.size())) {
    const int status = busy_ ? 503 : 502;
    responder_.reply(error_reply(status, fmt::format("no member of the ensemble answered{}{}",
                                                     failures_.empty() ? "" : ": ", fmt::join(failures_, "; "))));
    return finish(status);
  }
  if (std::ranges::none_of(votes_, names_label) || step.answer.label == kUnanswered) {
    responder_.reply(error_reply(502, "no member of the ensemble named a label"));
    return finish(502);
  }
  const auto label_of = [&](Label label) { return json(contents().labels[label - std::size_t{1}]); };
  json votes = json::array();
  for (std::size_t i = 0; i < votes_.size(); ++i) {
    votes.push_back({{"model", configuration().models[members[i]].name},
                     {"label", names_label(votes_[i]) ? label_of(votes_[i]) : json()},
                     {"answered", votes_[i] != kNotRun}});
  }
  const json said = {{"label", label_of(step.answer.label)},
                     {"probability", step.answer.probability},
                     {"stays", step.stays},
                     {"stopped", name_of(step.reason)},
                     {"members", members.size()},
                     {"votes", std::move(votes)}};
  const json usage = {{"prompt_tokens", tokens_.in},
                      {"completion_tokens", tokens_.out},
                      {"total_tokens", tokens_.in + tokens_.out}};
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  json reply = {{"id", "assay-" + server::random_token().substr(0, 16)},
                {"created", std::chrono::duration_cast<std::chrono::seconds>(now).count()},
                {"model", asked_.read.model},
                {"assay", said}};
  const server::Headers headers = {{"x-assay-asked", fmt::format("{} of {}", votes_.size(), members.size())},
                                   {"x-assay-probability", fmt::format("{:.3f}", step.answer.probability)}};
  if (!asked_.read.stream) {
    reply["object"] = "chat.completion";
    reply["choices"] = json::array({{{"index", 0},
                                     {"message", {{"role", "assistant"}, {"content", said["label"]}}},
                                     {"finish_reason", "stop"}}});
    reply["usage"] = usage;
    server::Response response{200, headers, bytes_of(reply) + "\n"};
    response.headers.emplace_back("Content-Type", "application/json");
    responder_.reply(std::move(response));
    return finish(200);
  }
  reply["object"] = "chat.completion.chunk";
  reply["choices"] = json::array(
      {{{"index", 0}, {"delta", {{"role", "assistant"}, {"content", said["label"]}}}, {"finish_reason", "stop"}}});
  std::string events = "data: " + bytes_of(reply) + "\n\n";
  if (asked_.read.usage_asked) {
    reply["choices"] = json::array();
    reply["usage"] = usage;
    events += "data: " + bytes_of(reply) + "\n\n";
  }
  server::Response response{200, headers, events + "data: [DONE]\n\n"};
  response.headers.emplace_back("Content-Type", "text/event-stream");
  responder_.reply(std::move(response));
  finish(200);
}

void Voting::finish(int status) {
  over_ = true;
  shared_.metrics.served({.operation = Operation::chat,
                          .profile = kVoteModel.substr(kProfilePrefix.size()),
                          .model = {},
                          .status = status,
                          .seconds = std::chrono::duration<double>(Clock::now() - began_).count(),
                          .first_byte = {},
                          .tokens = tokens_});
}

void Voting::gone() {
  if (over_) return;
  const std::shared_ptr<Voting> self = shared_from_this();
  call_.cancel();
  if (asking_) count(Attempt::cancelled);
  finish(499);
}

}  // namespace

ServedEnsemble::ServedEnsemble(const std::string& path, const Configuration& configuration) : file_(path) {
  if (configuration.profile_of(kVoteModel) != nullptr) {
    throw InvalidArgument("a profile is called \"vote\", which is the name of the ensemble: call it otherwise");
  }
  std::vector<std::string> missing;
  for (const routing::EnsembleContents::Served& served : file_.contents().ensembles) {
    names_.emplace_back(kVoteModel);
    if (!served.task.empty()) names_.back() += "/" + served.task;
    members_.emplace_back();
    for (const std::string& name : served.members) {
      const auto known = std::ranges::find_if(configuration.models, [&](const Upstream& model) {
        return model.router_name == name || model.name == name;
      });
      if (known == configuration.models.end() && std::ranges::find(missing, name) == missing.end()) {
        missing.push_back(name);
      }
      members_.back().push_back(static_cast<std::size_t>(known - configuration.models.begin()));
    }
  }
  if (!missing.empty()) {
    throw InvalidArgument(fmt::format(
        "{}: no model of the configuration is its member {}; `assay ensemble fit --models` chooses among "
        "those that there are",
        file_.path(), store::name_list(missing)));
  }
}

std::size_t ServedEnsemble::position(std::string_view name) const {
  const auto at = std::ranges::find(names_, name);
  if (at == names_.end()) {
    throw InvalidArgument(fmt::format("there is no ensemble of that name: expected {}, came {}",
                                      store::name_list(names_), quoted(name)));
  }
  return static_cast<std::size_t>(at - names_.begin());
}

bool is_vote(std::string_view model) {
  if (!model.starts_with(kVoteModel)) return false;
  const std::string_view rest = model.substr(kVoteModel.size());
  return rest.empty() || rest.front() == '/';
}

std::string vote_route_reply(const ServedEnsemble& ensemble, std::string_view model,
                             const Configuration& configuration) {
  using report::Json;
  const routing::EnsembleContents& contents = ensemble.file().contents();
  const std::size_t at = ensemble.position(model);
  const routing::EnsembleContents::Served& served = contents.ensembles[at];
  Json members = Json::array();
  for (std::size_t i = 0; i < served.members.size(); ++i) {
    members.add(Json::object()
                    .set("model", configuration.models[ensemble.members(at)[i]].name)
                    .set("accuracy", served.accuracy[i]));
  }
  Json reply = Json::object().set("model", model);
  if (!served.task.empty()) reply.set("task", served.task);
  return reply.set("sure", contents.sure).set("members", std::move(members)).compact_utf8() + "\n";
}

void vote(ProxyShared& shared, ProxyRequest request, server::Responder& responder) {
  const auto voting = std::make_shared<Voting>(shared, std::move(request));
  voting->start(std::move(responder));
}

}  // namespace assay::gateway

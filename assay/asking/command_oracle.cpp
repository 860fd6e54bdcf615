#include "assay/asking/command_oracle.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/core/error.h"

namespace assay::asking {
namespace {

using Request = nlohmann::ordered_json;

// Whatever a text holds, it stays one line of ASCII.
std::string line_of(const Request& request) {
  return request.dump(-1, ' ', true, Request::error_handler_t::replace);
}

Outcome outcome_called(const std::string& verdict) {
  for (const Outcome outcome : {Outcome::win, Outcome::draw, Outcome::loss}) {
    if (verdict == name(outcome)) return outcome;
  }
  return Outcome::none;
}

}  // namespace

CommandOracle::CommandOracle(const std::string& command, ComparedTexts texts, judge::ProgramHooks hooks)
    : command_(command), texts_(std::move(texts)), program_(command, std::move(hooks)) {}

std::string CommandOracle::name() const {
  return fmt::format("command:{}:{}:{}", command_.size(), command_, texts_.baseline);
}

void CommandOracle::ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) {
  program_.ask(
      calls.size(), [&](std::size_t i, std::uint64_t id) { return request(calls[i], id); },
      [&](std::size_t i, const judge::ProgramReply& reply) {
        const Outcome outcome = outcome_called(reply.verdict);
        answered({calls[i], outcome});
        if (outcome != Outcome::none || !reply.failure.empty()) return reply.failure;
        return reply.score ? std::string("expected a verdict, came a score")
                           : "expected win, draw or loss, came " + assay::quoted(reply.verdict);
      });
}

std::string CommandOracle::request(const Call& call, std::uint64_t id) const {
  Request request;
  request["id"] = id;
  request["ask"] = "verdict";
  request["query"] = texts_.queries[index(call.query)];
  request["model"] = texts_.models[index(call.model)];
  request["baseline"] = texts_.baseline;
  request["prompt"] = texts_.prompts[index(call.query)];
  request["response"] = texts_.responses.at(call.query, call.model);
  request["baseline_response"] = texts_.responses.baseline(call.query);
  return line_of(request);
}

CommandScores::CommandScores(const std::string& command, std::vector<ArmTexts> texts, const Scale& scale,
                             judge::ProgramHooks hooks)
    : command_(command), texts_(std::move(texts)), scale_(scale), program_(command, std::move(hooks)) {}

std::string CommandScores::name() const {
  return fmt::format("command-scores:{}:{}:{},{}", command_.size(), command_, scale_.low, scale_.high);
}

void CommandScores::ask(std::span<const ScoreCall> calls, const std::function<void(const Score&)>& answered) {
  program_.ask(
      calls.size(), [&](std::size_t i, std::uint64_t id) { return request(calls[i], id); },
      [&](std::size_t i, const judge::ProgramReply& reply) {
        const bool fits = reply.score && *reply.score >= scale_.low && *reply.score <= scale_.high;
        answered({calls[i], fits ? *reply.score : std::numeric_limits<double>::quiet_NaN()});
        if (fits || !reply.failure.empty()) return reply.failure;
        return reply.score ? fmt::format("expected a score from {:g} to {:g}, came {:g}", scale_.low, scale_.high,
                                         *reply.score)
                           : std::string("expected a score, came a verdict");
      });
}

std::string CommandScores::request(const ScoreCall& call, std::uint64_t id) const {
  const ArmTexts& arm = texts_[index(call.arm)];
  Request request;
  request["id"] = id;
  request["ask"] = "score";
  request["query"] = arm.query;
  request["model"] = arm.model;
  request["turn"] = arm.turn;
  request["repeat"] = call.repeat;
  request["scale"] = {scale_.low, scale_.high};
  request["prompt"] = arm.prompt;
  request["response"] = arm.response;
  return line_of(request);
}

}  // namespace assay::asking

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/judge/prices.h"

namespace assay::answering {

/// \file
/// Models that answer when they are asked, as a file tells them:
///
///     const std::vector<Candidate> candidates = read_candidates(text, "candidates.json");
///     const std::string body = chat_body(candidates[0], "Which planet is the largest?");

/// A model behind an endpoint in the way of OpenAI's, or a program.
struct Candidate {
  std::string name = {};   ///< In the study; no two candidates share one.
  std::string model = {};  ///< As the endpoint calls it.
  std::string url = {};    ///< Of the API with its version. Empty: the default.
  std::string key_env =
      {};  ///< Environment variable with the key. Empty: the default for the default address, else none.
  std::string program = {};  ///< Command line of a program that answers in the place of an endpoint. Empty: none.
  std::string system = {};   ///< System prompt; empty: none.
  std::size_t max_tokens = 2048;           ///< Of an answer.
  bool completion_tokens = false;          ///< That limit goes by max_completion_tokens.
  std::optional<double> temperature = {};  ///< Empty: the endpoint's own.
  std::string extra_body = {};             ///< JSON object whose members are added to the request; empty: none.
  std::optional<judge::Price> price = {};  ///< Empty: not known.
  std::size_t at_once = 8;                 ///< Requests under way, at most.
};

/// Reads {"candidates": [...]}, the array alone, or {"NAME": {...}}. Each candidate is an object:
///
///     {"name": "small", "model": "small-2026-01", "url": "https://host/v1", "key_env": "HOST_KEY", "system":
///     "...",
///      "temperature": 0.7, "max_tokens": 1024, "max_completion_tokens": 1024, "extra_body": {...},
///      "price": {"in": 0.15, "out": 0.6}, "at_once": 8}
///     {"name": "mine", "program": "python3 answer.py"}
///
/// Only `name` or `model` is needed; each stands for the other. Prices are dollars per million tokens, with "unit"
/// as in PriceList. Throws DataError that begins with `file` and the candidate's place: an unknown member, a key
/// that stands in the file itself, a name that comes twice, a value out of range, nobody at all.
std::vector<Candidate> read_candidates(std::string_view text, std::string_view file);

/// The list under "prices" of {"candidates": [...], "prices": {"MODEL": {"in": 1.25, "out": 10}}}: of the judge,
/// and of candidates without a price of their own. Dollars unless a unit is told. Throws DataError likewise.
judge::PriceList prices_beside(std::string_view text, std::string_view file);

/// Between a candidate's system prompt and that of a chat.
constexpr std::string_view kBetweenSystems = "\n\n";

/// What makes its answers what they are, in one line of JSON, without keys, prices and pace.
std::string settings_of(const Candidate& candidate);

/// Body of POST {url}/chat/completions for this prompt: the messages of `chat`, which are as QueryRecord::messages,
/// or where it is empty the prompt as one message of the user. The candidate's system prompt goes before; if the
/// chat begins with one of its own, the two are one message, as many models take no second. The same arguments give
/// the same bytes.
std::string chat_body(const Candidate& candidate, std::string_view prompt, std::string_view chat = {});

/// The messages that chat_body sends, as a JSON array.
std::string messages_of(const Candidate& candidate, std::string_view prompt, std::string_view chat = {});

}  // namespace assay::answering

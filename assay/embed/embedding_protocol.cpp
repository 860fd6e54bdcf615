#include "assay/embed/embedding_protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "assay/http/api_json.h"

namespace assay::embed {
namespace {

using http::member;
using Tree = http::ApiJson;

constexpr std::size_t kMostDimensions = 65'536;
constexpr std::size_t kShown = 200;

EmbeddingReply problem(std::string what) { return {{}, std::move(what), {}}; }

EmbeddingReply no_list(std::string_view body) {
  return problem("expected a list of embeddings, came " + quoted(body, kShown));
}

bool is_finite_number(const Tree& tree) { return tree.is_number() && std::isfinite(tree.get<float>()); }

// What came in place of a vector; empty if it is one.
std::string other_than_vector(const Tree& numbers) {
  if (!numbers.is_array()) return quoted(http::to_text(numbers));
  if (numbers.size() > kMostDimensions) return fmt::format("{} of them", numbers.size());
  const auto other =
      std::ranges::find_if(numbers, [](const Tree& one) { return !one.is_number() && !one.is_null(); });
  return other == numbers.end() ? std::string() : quoted(http::to_text(*other));
}

}  // namespace

std::string embedding_request(std::string_view model, std::span<const std::string_view> texts) {
  Tree body;
  body["model"] = model;
  Tree& input = body["input"] = Tree::array();
  for (const std::string_view text : texts) input.push_back(text);
  body["encoding_format"] = "float";
  return http::to_text(body);
}

EmbeddingReply read_embedding_reply(std::string_view body, std::size_t count) {
  const Tree tree = http::read_json(body);
  if (!member(tree, "data").is_array()) return no_list(body);
  return read_embeddings(tree, count);
}

EmbeddingReply read_embeddings(const Tree& body, std::size_t count) {
  const Tree& data = member(body, "data");
  if (!data.is_array()) return no_list(http::to_text(body));
  if (data.size() != count) return problem(fmt::format("expected {} embeddings, came {}", count, data.size()));
  EmbeddingReply reply;
  reply.vectors.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Tree& place = member(data[i], "index");
    const std::size_t at = place.is_number_unsigned() ? place.get<std::size_t>() : i;
    if (at >= count || !reply.vectors[at].empty())
      return problem("expected each embedding once, came another index");
    const Tree& numbers = member(data[i], "embedding");
    if (numbers.is_null() || (numbers.is_array() && numbers.empty())) {
      reply.overflow = "expected an embedding of finite numbers, came none";
      continue;
    }
    const std::string other = other_than_vector(numbers);
    if (!other.empty()) return problem("expected an embedding of finite numbers, came " + other);
    const auto overflow = std::find_if_not(numbers.begin(), numbers.end(), is_finite_number);
    if (overflow == numbers.end()) {
      for (const Tree& number : numbers) reply.vectors[at].push_back(number.get<float>());
    } else {
      reply.overflow = "expected an embedding of finite numbers, came " +
                       (overflow->is_null() ? "null, or NaN or Infinity" : quoted(http::to_text(*overflow)));
    }
  }
  std::size_t length = 0;
  for (const std::vector<float>& vector : reply.vectors) {
    if (vector.empty()) continue;
    if (length > 0 && vector.size() != length) return problem("expected embeddings of one length, came several");
    length = vector.size();
  }
  if (length == 0) return {{}, reply.overflow, reply.overflow};
  return reply;
}

}  // namespace assay::embed

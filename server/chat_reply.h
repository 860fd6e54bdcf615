#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::server {

/// {"error": {"message": ..., "type": ...}}
std::string error_body(std::string_view message, std::string_view type);

/// A chat completion.
struct Completion {
  std::uint64_t number = 0;
  std::string_view model;
  std::string_view content;
  std::string_view finish = "stop";
  std::size_t tokens_in = 0;
  std::size_t tokens_out = 0;
};
std::string completion_body(const Completion& completion);
/// The same as server-sent events, one after the other.
std::vector<std::string> completion_events(const Completion& completion);

std::string embeddings_body(std::string_view model, const std::vector<std::vector<float>>& vectors,
                            std::size_t tokens);
std::string models_body(std::string_view model);

/// A token for four bytes, rounded up; a rule that a client can check.
constexpr std::size_t tokens_of(std::string_view text) { return (text.size() + 3) / 4; }

}  // namespace assay::server

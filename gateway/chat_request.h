#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace assay::gateway {

/// \file
/// What a gateway has to know of a request, and has to change in it; all other bytes go on as they came:
///
///     ChatRequestReader reader;
///     const ChatRequest request = reader.read(body);  // InvalidArgument: a 400
///     upstream.send(rewritten(body, request, "gpt-4o-mini", request.stream && !request.usage_asked));

/// Bytes [begin, end) of a body that are replaced.
struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view with = {};  ///< Lives as long as the program.
};

/// What the body of a chat, of a completion or of embeddings says.
struct ChatRequest {
  std::string model;         ///< Of the last "model", as most readers of JSON take it.
  bool stream = false;       ///< Wants the reply as events.
  bool usage_asked = false;  ///< stream_options.include_usage
  /// What to route by, at most kMostRoutedText bytes: the text of the last message of a user; before it, as long as
  /// they are shorter than kEnoughText together, those of the messages of users before; of a completion its prompt.
  /// Of a longer text the first half and the last. Empty if there is none, as of embeddings.
  std::string text;
  std::vector<Edit> models;  ///< Where the values of "model" stand, duplicates too.
  std::vector<Edit> usage;   ///< What makes it ask for usage; empty if it does.
};

inline constexpr std::size_t kMostRoutedText = 4096;
inline constexpr std::size_t kEnoughText = 200;

/// Reads requests one after the other, a few microseconds each: without a tree.
class ChatRequestReader {
 public:
  ChatRequestReader();
  ~ChatRequestReader();
  ChatRequestReader(ChatRequestReader&&) noexcept;
  ChatRequestReader& operator=(ChatRequestReader&&) noexcept;

  /// What of `body` need not be looked at is not checked: that is for the endpoint. Throws InvalidArgument, with a
  /// message for the client, if it is no JSON object with a text as "model", or is nested too deep.
  /// @param most  Bytes of `text`, in the place of kMostRoutedText.
  ChatRequest read(std::string_view body, std::size_t most = kMostRoutedText);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// `body` with each top-level "model" replaced by `model`, and asking for usage if wanted. `request` is what was
/// read from these bytes.
std::string rewritten(std::string_view body, const ChatRequest& request, std::string_view model, bool ask_usage);

}  // namespace assay::gateway

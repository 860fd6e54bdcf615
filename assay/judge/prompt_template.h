#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::judge {

/// What a judge is asked for. `pair`: which of two responses is better. `score`: a number on a scale.
enum class PromptKind : std::uint8_t { pair, score };

/// How the judge is told to reply. `line`: as it likes, ending with one marked line. `json`: a JSON object and
/// nothing else, which the endpoint is asked to enforce (chat_protocol.h).
enum class ReplyKind : std::uint8_t { line, json };

/// A user message, ready to be sent.
struct Prompt {
  std::string text;
  /// Eight letters and digits that stand in no field's content: only the judge's own reply can carry them.
  std::string marker;
};

/// What a prompt of kind `pair` speaks of. All UTF-8.
struct PairFields {
  std::string_view query;
  std::string_view response_a;
  std::string_view response_b;
};

/// What a prompt of kind `score` speaks of; low < high, both finite.
struct ScoreFields {
  std::string_view query;
  std::string_view response;
  double low = 0;
  double high = 1;
};

/// A prompt with named fields, {{query}} and the like. Kind `pair` has query, response_a, response_b and reply;
/// kind `score` has query, response, low, high and reply. The responses must be there, the others may be left out;
/// {{reply}}, which tells how to reply, is then appended. Any field may stand more than once.
///
/// Content can't pretend to be anything else: fields in it stay as they are, and it stands between two lines that
/// bear the prompt's marker, a digest of template and contents that is drawn again until it stands in none of them.
/// The same template and fields give the same bytes, everywhere.
class PromptTemplate {
 public:
  /// Throws InvalidArgument that begins with `name` ("template.txt") and the line: a field that does not exist or
  /// is not closed, a response that is missing, text that is empty, not UTF-8, or longer than 100,000 bytes.
  PromptTemplate(PromptKind kind, std::string_view text, std::string_view name = "template");
  /// The one that is used where no file is given.
  static PromptTemplate standard(PromptKind kind);

  PromptKind kind() const { return kind_; }
  /// Of the text: part of the name of an oracle.
  std::uint64_t digest() const { return digest_; }

  /// O(length). Throws InvalidArgument if the template is of the other kind.
  Prompt render(const PairFields& fields, ReplyKind reply) const;
  Prompt render(const ScoreFields& fields, ReplyKind reply) const;

 private:
  enum class Field : std::uint8_t { query, response_a, response_b, response, low, high, reply };
  struct Piece {
    std::string literal;  // stands before the field
    Field field = Field::reply;
  };
  struct Contents;

  void add(Field field, std::string_view literal);
  bool has(Field field) const;
  void require_kind(PromptKind kind) const;
  Prompt render(const Contents& contents, ReplyKind reply) const;

  PromptKind kind_;
  std::uint64_t digest_;
  std::vector<Piece> pieces_;
  std::string tail_;
};

}  // namespace assay::judge

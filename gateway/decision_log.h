#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/configuration.h"
#include "gateway/decision.h"
#include "gateway/metrics.h"

namespace assay::gateway {

/// A routed request whose reply has ended.
struct Logged {
  std::string_view id = {};    ///< That the client was told, by which an outcome can be added later.
  std::int64_t time = 0;       ///< Seconds since 1970.
  std::size_t answered = 0;    ///< Index into the decision's order of the model that answered; kNone: none did.
  std::size_t failed = kNone;  ///< Likewise of the one whose error, or half an answer, went to the client.
  int status = 200;
  double seconds = 0;
  std::optional<Tokens> tokens = {};
  std::string_view text = {};       ///< What it was routed by; is written only if the log has prompts.
  std::string_view embedding = {};  ///< Id of what made the decision's vector.
};

/// What of a request a log has.
struct LogOptions {
  bool prompts = false;
  bool vectors = false;  ///< From which words of a prompt can be guessed.
};

/// A file with a line of JSON for each routed request: nothing of what was asked or answered, unless prompts or
/// their vectors are wanted. With "right" added a line is what `assay route update` takes.
class DecisionLog {
 public:
  /// Appends. Throws Error if the file can't be opened.
  explicit DecisionLog(std::string path, LogOptions options = {});
  ~DecisionLog();
  DecisionLog(const DecisionLog&) = delete;
  DecisionLog& operator=(const DecisionLog&) = delete;

  /// The line is the kernel's when this returns. False if it could not be written. `decision`: with its vector, if
  /// the log has vectors.
  bool write(const Logged& request, const Decision& decision, const Profile& profile,
             const Configuration& configuration);
  /// Whether `write` wants a vector.
  bool has_vectors() const;
  /// The file anew, after somebody moved it. False if it can't be opened: then lines go to the old one.
  bool reopen();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::gateway

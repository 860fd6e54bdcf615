#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assay/asking/oracle.h"

namespace assay {

/// Gives the answers that a test put in, last call first as a parallel judge may, and remembers what it was asked.
class MemoryOracle : public asking::Oracle {
 public:
  explicit MemoryOracle(std::string name) : name_(std::move(name)) {}

  void put(const Call& call, Outcome outcome) { answers_[key(call)] = outcome; }
  const std::vector<Call>& asked() const { return asked_; }

  std::string name() const override { return name_; }

  /// A call without an answer has failed.
  void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) override {
    asked_.insert(asked_.end(), calls.begin(), calls.end());
    for (std::size_t i = calls.size(); i-- > 0;) {
      const auto found = answers_.find(key(calls[i]));
      answered({calls[i], found == answers_.end() ? Outcome::none : found->second});
    }
  }

 private:
  static std::pair<std::size_t, std::size_t> key(const Call& call) {
    return {index(call.query), index(call.model)};
  }

  std::string name_;
  std::map<std::pair<std::size_t, std::size_t>, Outcome> answers_;
  std::vector<Call> asked_;
};

}  // namespace assay

#pragma once

#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assay/asking/oracle.h"

namespace assay {

/// Gives the answers that a test put in, last ask first as a parallel judge may, and remembers what it was asked.
class MemoryOracle : public asking::Oracle {
 public:
  explicit MemoryOracle(std::string name) : name_(std::move(name)) {}

  void put(std::uint32_t item, double value) { answers_[item] = value; }
  /// What is shown for an item; unless said, the same for all.
  void show(std::uint32_t item, std::string_view text) { shown_[item] = file::digest(text); }
  const std::vector<asking::Ask>& asked() const { return asked_; }

  std::string name() const override { return name_; }
  std::optional<file::Digest> fingerprint(std::size_t item) const override {
    const auto found = shown_.find(static_cast<std::uint32_t>(item));
    return found == shown_.end() ? file::Digest{} : found->second;
  }
  /// An ask without an answer has failed.
  asking::AskEnd ask(std::span<const asking::Ask> asks,
                     const std::function<void(const asking::Answer&)>& answered) override {
    asked_.insert(asked_.end(), asks.begin(), asks.end());
    for (std::size_t i = asks.size(); i-- > 0;) {
      const auto found = answers_.find(asks[i].item);
      answered({asks[i], found == answers_.end() ? std::numeric_limits<double>::quiet_NaN() : found->second});
    }
    return {};
  }

 private:
  std::string name_;
  std::map<std::uint32_t, double> answers_;
  std::map<std::uint32_t, file::Digest> shown_;
  std::vector<asking::Ask> asked_;
};

}  // namespace assay

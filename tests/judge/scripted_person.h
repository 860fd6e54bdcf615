#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "assay/asking/person_oracle.h"

namespace assay {

/// Replies what a test wrote down, one key each, and remembers what it was shown. A key "=" replies as somebody who
/// prefers the longer answer; at the end of the script it leaves.
class ScriptedPerson : public asking::Person {
 public:
  struct Shown {
    std::string prompt, first, second;
    std::size_t number = 0;
    bool can_undo = false;
    bool operator==(const Shown&) const = default;
  };

  explicit ScriptedPerson(std::string keys) : keys_(std::move(keys)) {}

  asking::PersonReply ask(const asking::PersonQuestion& question) override {
    shown.push_back({std::string(question.prompt), std::string(question.first), std::string(question.second),
                     question.number, question.can_undo});
    if (at_ == keys_.size()) return asking::PersonReply::quit;
    switch (keys_[at_++]) {
      case '1': return asking::PersonReply::first;
      case '2': return asking::PersonReply::second;
      case '0': return asking::PersonReply::draw;
      case 'q': return asking::PersonReply::quit;
      case 's':
        if (!question.can_skip) throw std::logic_error("the script skips what can't be skipped");
        return asking::PersonReply::skip;
      case 'u':
        if (!question.can_undo) throw std::logic_error("the script undoes what can't be undone");
        return asking::PersonReply::undo;
      case '=': break;
      default: throw std::logic_error("no such key");
    }
    if (question.first.size() == question.second.size()) return asking::PersonReply::draw;
    return question.first.size() > question.second.size() ? asking::PersonReply::first
                                                          : asking::PersonReply::second;
  }

  std::vector<Shown> shown;

 private:
  std::string keys_;
  std::size_t at_ = 0;
};

}  // namespace assay

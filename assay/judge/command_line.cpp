#include "assay/judge/command_line.h"

#include <utility>

#include "assay/core/error.h"

namespace assay::judge {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// Reads one text from its beginning to its end.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<std::string> words() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (is_blank(c)) {
        end_word();
      } else if (c == '\'' || c == '"') {
        take_quoted(c);
      } else {
        put(c == '\\' ? next() : c);
      }
    }
    end_word();
    return std::move(words_);
  }

 private:
  [[noreturn]] void reject(const std::string& what) const {
    throw InvalidArgument("expected a program and its arguments, came " + quoted(text_) + ": " + what);
  }

  void put(char c) {
    word_ += c;
    open_ = true;
  }

  char next() {
    if (at_ == text_.size()) reject("nothing follows the backslash at the end");
    return text_[at_++];
  }

  void take_quoted(char quote) {
    open_ = true;  // '' is a word too
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == quote) return;
      const bool escapes =
          quote == '"' && c == '\\' && at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\\');
      word_ += escapes ? text_[at_++] : c;
    }
    reject(std::string("a quote ") + quote + " is not closed");
  }

  void end_word() {
    if (open_) words_.push_back(std::move(word_));
    word_.clear();
    open_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string word_;
  bool open_ = false;  // a word has begun
  std::vector<std::string> words_;
};

}  // namespace

std::vector<std::string> split_words(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw InvalidArgument("expected a program and its arguments, came a zero byte in " + quoted(text));
  }
  std::vector<std::string> words = Splitter(text).words();
  if (words.empty() || words.front().empty()) {
    throw InvalidArgument("expected a program and its arguments, came " + quoted(text));
  }
  return words;
}

}  // namespace assay::judge

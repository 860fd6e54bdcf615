#include "assay/judge/numbers_in_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>

#include "assay/core/ascii.h"

namespace assay::judge {
namespace {

constexpr std::string_view kMinus = "\xE2\x88\x92";
constexpr std::size_t kGroup = 3;  // digits

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One number and where it ends.
class NumberReader {
 public:
  NumberReader(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::size_t end() const { return at_; }

  std::optional<WrittenNumber> read() {
    const bool negative = sign();
    std::optional<double> value = text_.substr(at_).starts_with('\\') ? fraction_command() : decimal();
    if (!value) return std::nullopt;
    power_of_ten(*value);
    denominator(*value);
    WrittenNumber number{negative ? -*value : *value, percent()};
    if (!std::isfinite(number.value)) return std::nullopt;
    return number;
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  std::string_view rest() const { return text_.substr(at_); }

  bool take(std::string_view what) {
    if (!rest().starts_with(what)) return false;
    at_ += what.size();
    return true;
  }

  bool sign() {
    const bool negative = take("-") || take(kMinus);
    if (!negative) take("+");
    for (const std::string_view currency : {"\\$", "$", "\xE2\x82\xAC", "\xC2\xA3"}) {
      if (take(currency)) break;
    }
    return negative;
  }

  // How many bytes of a mark that groups digits stand here, before exactly three of them.
  std::size_t group_mark() const {
    constexpr std::array<std::string_view, 7> kMarks = {
        ",", "{,}", "\\,", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "'"};
    for (const std::string_view mark : kMarks) {
      if (!rest().starts_with(mark)) continue;
      std::size_t digits = 0;
      while (is_digit(peek(mark.size() + digits))) ++digits;
      if (digits == kGroup) return mark.size();
    }
    return 0;
  }

  void digits(std::string& plain) {
    while (is_digit(peek())) plain += text_[at_++];
  }

  std::optional<double> decimal() {
    const bool listed = at_ > 1 && text_[at_ - 1] == ',' && is_digit(text_[at_ - 2]);
    std::string plain;
    digits(plain);
    const bool may_group = !plain.empty() && plain.size() <= kGroup && plain != "0";
    bool grouped = false;
    for (std::size_t mark = may_group ? group_mark() : 0; mark > 0; mark = group_mark()) {
      at_ += mark;
      digits(plain);
      grouped = true;
    }
    const bool comma = !grouped && !plain.empty() && !listed && peek() == ',' && !in_list();
    if ((peek() == '.' || comma) && is_digit(peek(1))) {
      plain += '.';
      ++at_;
      digits(plain);
    }
    exponent(plain);
    double value = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (error != std::errc() || end != plain.data() + plain.size()) return std::nullopt;
    return value;
  }

  // "1,2,3": the comma here separates.
  bool in_list() const {
    std::size_t i = at_ + 1;
    while (i < text_.size() && is_digit(text_[i])) ++i;
    return i + 1 < text_.size() && text_[i] == ',' && is_digit(text_[i + 1]);
  }

  void exponent(std::string& plain) {
    if (plain.empty() || (peek() != 'e' && peek() != 'E')) return;
    const std::size_t sign = peek(1) == '-' || peek(1) == '+' ? 1 : 0;
    if (!is_digit(peek(1 + sign))) return;
    plain += 'e';
    if (peek(1) == '-') plain += '-';
    at_ += 1 + sign;
    digits(plain);
  }

  void blanks() {
    while (peek() == ' ') ++at_;
  }

  // "\frac{3}{4}"
  std::optional<double> fraction_command() {
    if (!take("\\frac") && !take("\\dfrac") && !take("\\tfrac")) return std::nullopt;
    const auto part = [&]() -> std::optional<double> {
      if (!take("{")) return std::nullopt;
      const bool negative = take("-");
      const std::optional<double> value = decimal();
      if (!value || !take("}")) return std::nullopt;
      return negative ? -*value : *value;
    };
    const auto above = part();
    const auto below = above ? part() : std::nullopt;
    if (!below || *below == 0) return std::nullopt;
    return *above / *below;
  }

  void power_of_ten(double& value) {
    const std::size_t before = at_;
    blanks();
    const bool times = take("\xC3\x97") || take("\\times") || take("\\cdot") || take("*") || take("x");
    blanks();
    if (!times || !take("10^")) {
      at_ = before;
      return;
    }
    const bool brace = take("{");
    const bool negative = take("-") || take(kMinus);
    std::string plain;
    digits(plain);
    int power = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), power);
    if (plain.empty() || error != std::errc()) {
      at_ = before;
      return;
    }
    if (brace) take("}");
    value *= std::pow(10.0, negative ? -power : power);
  }

  // "3/4", but no date.
  void denominator(double& value) {
    if (peek() != '/' || !is_digit(peek(1))) return;
    const std::size_t before = at_;
    ++at_;
    const std::optional<double> below = decimal();
    if (!below || *below == 0 || peek() == '/') {
      at_ = before;
      return;
    }
    value /= *below;
  }

  bool percent() {
    const std::size_t before = at_;
    blanks();
    if (take("\\%") || take("%") || take("percent") || take("per cent")) return true;
    at_ = before;
    return false;
  }

  std::string_view text_;
  std::size_t at_;
};

// Whether a number may begin here: it is not inside of a word or of another number.
bool may_begin(std::string_view text, std::size_t at) {
  const std::string_view here = text.substr(at);
  const bool command = here.starts_with("\\frac") || here.starts_with("\\dfrac") || here.starts_with("\\tfrac");
  const bool point = here.size() > 1 && here[0] == '.' && is_digit(here[1]);
  if (!command && !point && !is_digit(here[0])) return false;
  if (at == 0) return true;
  // "_5_" is set in italics, "x_5" has an index.
  const std::size_t before = text[at - 1] == '_' && at > 1 ? at - 2 : at - 1;
  return !(is_ascii_letter(text[before]) || is_digit(text[before]));
}

// Where the sign and the currency before a number begin.
std::size_t with_sign(std::string_view text, std::size_t at) {
  const auto before = [&](std::string_view mark) { return text.substr(0, at).ends_with(mark); };
  for (const std::string_view currency : {"\\$", "$", "\xE2\x82\xAC", "\xC2\xA3"}) {
    if (!before(currency)) continue;
    at -= currency.size();
    break;
  }
  for (const std::string_view sign : {std::string_view("-"), std::string_view("+"), kMinus}) {
    if (!before(sign)) continue;
    const std::size_t begin = at - sign.size();
    // "5-3", "x - 3" with its blank, and a dash between words are no sign.
    const bool alone = begin == 0 || !(is_digit(text[begin - 1]) || is_ascii_letter(text[begin - 1]) ||
                                       text[begin - 1] == ')' || text[begin - 1] == '-');
    return alone ? begin : at;
  }
  return at;
}

template <typename Take>
void each_number(std::string_view text, const Take& take) {
  for (std::size_t i = 0; i < text.size();) {
    if (!may_begin(text, i)) {
      ++i;
      continue;
    }
    const std::size_t begin = with_sign(text, i);
    NumberReader reader(text, begin);
    const std::optional<WrittenNumber> number = reader.read();
    if (number && !take(*number, begin, reader.end())) return;
    i = number ? std::max(reader.end(), i + 1) : i + 1;
  }
}

}  // namespace

std::optional<WrittenNumber> first_number(std::string_view text) {
  std::optional<WrittenNumber> found;
  each_number(text, [&](const WrittenNumber& number, std::size_t, std::size_t) {
    found = number;
    return false;
  });
  return found;
}

std::optional<WrittenNumber> last_number(std::string_view text) {
  std::optional<WrittenNumber> found;
  each_number(text, [&](const WrittenNumber& number, std::size_t, std::size_t) {
    found = number;
    return true;
  });
  return found;
}

std::optional<WrittenNumber> only_number(std::string_view text) {
  constexpr std::string_view kNumberBlanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kNumberBlanks), text.size()));
  text = text.substr(0, text.find_last_not_of(kNumberBlanks) + 1);
  std::optional<WrittenNumber> found;
  each_number(text, [&](const WrittenNumber& number, std::size_t begin, std::size_t end) {
    const std::string_view rest = text.substr(end);
    if (begin == 0 && (rest.empty() || rest == "\xE2\x82\xAC" || rest == " \xE2\x82\xAC")) found = number;
    return false;
  });
  return found;
}

bool same_number(const WrittenNumber& a, const WrittenNumber& b) {
  constexpr double kTolerance = 1e-6;
  constexpr double kWhole = 100;
  const auto near = [](double x, double y) {
    if (x == std::floor(x) && y == std::floor(y)) return x == y;
    return std::abs(x - y) <= kTolerance * std::max(std::abs(x), std::abs(y));
  };
  if (near(a.value, b.value)) return true;
  if (a.percent == b.percent) return false;
  return a.percent ? near(a.value / kWhole, b.value) : near(a.value, b.value / kWhole);
}

}  // namespace assay::judge

#include "server/hashed_vector.h"

#include <cmath>
#include <string>

#include "assay/core/ascii.h"
#include "assay/core/hash.h"

namespace assay::server {
namespace {

// Bytes of other alphabets are letters here.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::vector<float> hashed_vector(std::string_view text, std::size_t dimensions) {
  std::vector<double> sums(dimensions);
  const auto add = [&](std::string_view piece, double weight) {
    const std::uint64_t hash = mix64(fnv1a(piece) + kGoldenGamma);
    sums[hash % dimensions] += (hash >> 63U) != 0 ? weight : -weight;
  };
  std::string word;
  const auto end_word = [&] {
    if (word.empty()) return;
    add(word, 1.0);
    for (std::size_t i = 0; i + 3 < word.size(); ++i) add(std::string_view(word).substr(i, 3), 0.25);
    word.clear();
  };
  for (const char c : text) {
    if (is_letter(ascii_lower(c))) {
      word += ascii_lower(c);
    } else {
      end_word();
    }
  }
  end_word();
  double squares = 0;
  for (const double sum : sums) squares += sum * sum;
  const double scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
  std::vector<float> vector;
  vector.reserve(dimensions);
  for (const double sum : sums) vector.push_back(static_cast<float>(sum * scale));
  return vector;
}

}  // namespace assay::server

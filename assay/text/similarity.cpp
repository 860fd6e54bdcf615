#include "assay/text/similarity.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "assay/core/cells.h"
#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/text/tokens.h"

namespace assay::text {
namespace {

constexpr std::size_t kHeaderWords = 2;

// Shared words of every two texts. For each word the texts that have it and how often; the cost is the sum over
// words of the square of the number of texts with the word.
std::vector<std::uint32_t> shared_words(const TokenSequence& words) {
  const std::size_t m = words.texts();
  struct Occurrence {
    std::uint32_t text;
    std::uint32_t count;
  };
  std::vector<std::vector<Occurrence>> occurrences(words.vocabulary);
  for (std::size_t j = 0; j < m; ++j) {
    for (const std::uint32_t word : words.text(j)) {
      std::vector<Occurrence>& of_word = occurrences[word];
      if (of_word.empty() || of_word.back().text != j) of_word.push_back({static_cast<std::uint32_t>(j), 0});
      ++of_word.back().count;
    }
  }
  std::vector<std::uint32_t> shared(m * (m - 1) / 2, 0);
  for (const std::vector<Occurrence>& of_word : occurrences) {
    for (std::size_t b = 1; b < of_word.size(); ++b) {
      const std::size_t j = of_word[b].text;
      std::uint32_t* row = shared.data() + j * (j - 1) / 2;
      for (std::size_t a = 0; a < b; ++a) row[of_word[a].text] += std::min(of_word[a].count, of_word[b].count);
    }
  }
  return shared;
}

void fill_row(const ResponseTable& responses, QueryId query, std::span<float> row) {
  const std::size_t m = responses.models();
  std::vector<std::string_view> texts;
  for (std::size_t j = 0; j < m; ++j) texts.push_back(responses.at(query, model_id(j)));
  const TokenSequence words = tokenize(texts, TokenKind::word);
  const std::vector<std::uint32_t> shared = shared_words(words);
  std::size_t pair = 0;
  for (std::size_t j = 1; j < m; ++j) {
    for (std::size_t i = 0; i < j; ++i, ++pair) {
      const std::size_t both = words.text(i).size() + words.text(j).size();
      const bool present = responses.has(query, model_id(i)) && responses.has(query, model_id(j));
      row[pair] = !present    ? 0.0F
                  : both == 0 ? 1.0F
                              : 2.0F * static_cast<float>(shared[pair]) / static_cast<float>(both);
    }
  }
}

}  // namespace

SimilarityTable SimilarityTable::from(std::span<const float> cells, std::size_t queries, std::size_t models) {
  SimilarityTable table(0, models);
  check_cells(cells.size(), {queries, table.pairs()});
  check_values(cells, "a similarity from 0 to 1", [](float cell) { return cell >= 0 && cell <= 1; });
  table.queries_ = queries;
  table.values_.assign(cells.begin(), cells.end());
  return table;
}

float SimilarityTable::at(QueryId query, ModelId a, ModelId b) const {
  const std::size_t i = std::min(index(a), index(b));
  const std::size_t j = std::max(index(a), index(b));
  return i == j ? 1.0F : row(query)[j * (j - 1) / 2 + i];
}

std::vector<float> SimilarityTable::pair_weights(std::span<const double> p) const {
  std::vector<float> weights;
  weights.reserve(pairs() + 1);
  double same = 0;
  for (std::size_t j = 0; j < p.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) weights.push_back(static_cast<float>(2 * p[i] * p[j]));
    same += p[j] * p[j];
  }
  weights.push_back(static_cast<float>(same));
  return weights;
}

float SimilarityTable::weighted_sum(QueryId query, std::span<const float> weights) const {
  const std::span<const float> values = row(query);
  // Eight partial sums, so that the compiler may use vector registers without reordering a sum.
  constexpr std::size_t kLanes = 8;
  float lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += values[i + lane] * weights[i + lane];
  }
  float sum = weights[values.size()];
  for (; i < values.size(); ++i) sum += values[i] * weights[i];
  for (const float lane : lanes) sum += lane;
  return sum;
}

std::string SimilarityTable::to_bytes() const {
  const std::uint64_t header[kHeaderWords] = {queries_, models_};
  std::string bytes(sizeof header + values_.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), header, sizeof header);
  if (!values_.empty()) std::memcpy(bytes.data() + sizeof header, values_.data(), values_.size() * sizeof(float));
  return bytes;
}

SimilarityTable SimilarityTable::from_bytes(std::string_view bytes) {
  std::uint64_t header[kHeaderWords] = {};
  bool sound = bytes.size() >= sizeof header;
  if (sound) {
    std::memcpy(header, bytes.data(), sizeof header);
    sound = header[0] < (1ULL << 31U) && header[1] < (1ULL << 16U) &&
            bytes.size() ==
                sizeof header + header[0] * (header[1] * (header[1] > 0 ? header[1] - 1 : 0) / 2) * sizeof(float);
  }
  if (!sound) throw Error("the similarities kept in the study are damaged; remove and compute them again");
  SimilarityTable table(header[0], header[1]);
  if (!table.values_.empty()) {
    std::memcpy(table.values_.data(), bytes.data() + sizeof header, table.values_.size() * sizeof(float));
  }
  return table;
}

SimilarityTable response_similarity(const ResponseTable& responses, std::size_t threads, const Progress& progress) {
  SimilarityTable table(responses.queries(), responses.models());
  parallel_for(
      responses.queries(), threads,
      [&](std::size_t q) { fill_row(responses, query_id(q), table.row(query_id(q))); }, progress);
  return table;
}

}  // namespace assay::text

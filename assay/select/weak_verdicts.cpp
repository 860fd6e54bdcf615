#include "assay/select/weak_verdicts.h"

#include <cstring>

#include "assay/core/cells.h"
#include "assay/core/error.h"

namespace assay::select {
namespace {

constexpr std::size_t kHeaderWords = 3;

std::uint64_t bit(std::size_t model) { return 1ULL << (model % 64); }

Error damaged() { return Error("the weak judges kept in the study are damaged; remove and compute them again"); }

}  // namespace

WeakVerdicts::WeakVerdicts(std::size_t judges, std::size_t queries, std::size_t models)
    : judges_(judges),
      queries_(queries),
      models_(models),
      words_((models + 63) / 64),
      sets_(queries * judges * kOutcomes * words_, 0) {}

WeakVerdicts::WeakVerdicts(std::span<const OutcomeTable> judges)
    : WeakVerdicts(judges.size(), judges.empty() ? 0 : judges[0].queries(),
                   judges.empty() ? 0 : judges[0].models()) {
  if (judges.empty()) throw InvalidArgument("expected at least one weak judge, came none");
  for (std::size_t k = 0; k < judges_; ++k) {
    if (judges[k].queries() != queries_ || judges[k].models() != models_) {
      throw InvalidArgument("weak judges must judge the same queries and models");
    }
    for (std::size_t q = 0; q < queries_; ++q) {
      const std::span<const Outcome> row = judges[k].row(query_id(q));
      for (std::size_t j = 0; j < models_; ++j) sets_[offset(query_id(q), k, row[j]) + j / 64] |= bit(j);
    }
  }
  find_gaps();
}

WeakVerdicts WeakVerdicts::from(std::span<const Outcome> cells, std::size_t judges, std::size_t queries,
                                std::size_t models) {
  check_cells(cells.size(), {judges, queries, models});
  const std::size_t each = queries * models;
  std::vector<OutcomeTable> tables;
  for (std::size_t k = 0; k < judges; ++k) {
    tables.push_back(OutcomeTable::from(cells.subspan(k * each, each), queries, models));
  }
  return WeakVerdicts(tables);
}

std::vector<Outcome> WeakVerdicts::cells() const {
  std::vector<Outcome> result;
  result.reserve(judges_ * queries_ * models_);
  for (std::size_t k = 0; k < judges_; ++k) {
    for (std::size_t q = 0; q < queries_; ++q) {
      for (std::size_t j = 0; j < models_; ++j) result.push_back(at(k, query_id(q), model_id(j)));
    }
  }
  return result;
}

bool WeakVerdicts::partitioned() const {
  for (std::size_t row = 0; row < queries_ * judges_; ++row) {
    const std::uint64_t* sets = sets_.data() + row * kOutcomes * words_;
    for (std::size_t w = 0; w < words_; ++w) {
      std::uint64_t seen = 0;
      bool twice = false;
      for (std::size_t c = 0; c < kOutcomes; ++c) {
        twice = twice || (seen & sets[c * words_ + w]) != 0;
        seen |= sets[c * words_ + w];
      }
      const std::size_t left = models_ - 64 * w;
      if (twice || seen != (left >= 64 ? ~0ULL : bit(left) - 1)) return false;
    }
  }
  return true;
}

void WeakVerdicts::find_gaps() {
  complete_ = true;
  for (std::size_t q = 0; q < queries_; ++q) {
    for (std::size_t k = 0; k < judges_; ++k) {
      const std::uint64_t* none = models_with(query_id(q), k, Outcome::none);
      for (std::size_t w = 0; w < words_; ++w) complete_ = complete_ && none[w] == 0;
    }
  }
}

Outcome WeakVerdicts::at(std::size_t judge, QueryId query, ModelId model) const {
  for (const Outcome outcome : {Outcome::win, Outcome::loss, Outcome::draw}) {
    if ((models_with(query, judge, outcome)[index(model) / 64] & bit(index(model))) != 0) return outcome;
  }
  return Outcome::none;
}

std::array<std::uint32_t, kOutcomes> WeakVerdicts::votes(QueryId query, ModelId model) const {
  std::array<std::uint32_t, kOutcomes> result{};
  for (std::size_t k = 0; k < judges_; ++k) ++result[static_cast<std::size_t>(at(k, query, model))];
  return result;
}

std::string WeakVerdicts::to_bytes() const {
  const std::uint64_t header[kHeaderWords] = {judges_, queries_, models_};
  std::string bytes(sizeof header + sets_.size() * sizeof(std::uint64_t), '\0');
  std::memcpy(bytes.data(), header, sizeof header);
  if (!sets_.empty()) std::memcpy(bytes.data() + sizeof header, sets_.data(), bytes.size() - sizeof header);
  return bytes;
}

WeakVerdicts WeakVerdicts::from_bytes(std::string_view bytes) {
  std::uint64_t header[kHeaderWords] = {};
  const std::size_t words = bytes.size() / sizeof(std::uint64_t);
  bool sound = bytes.size() % sizeof(std::uint64_t) == 0 && words >= kHeaderWords;
  if (sound) {
    std::memcpy(header, bytes.data(), sizeof header);
    for (const std::uint64_t value : header) sound = sound && value < (1ULL << 32U);
    // Each factor divides what is left, so the product can't overflow.
    std::size_t left = words - kHeaderWords;
    for (const std::uint64_t factor : {header[0], header[1], (header[2] + 63) / 64, std::uint64_t{kOutcomes}}) {
      sound = sound && factor > 0 && left % factor == 0;
      if (sound) left /= factor;
    }
    sound = sound && left == 1;
  }
  if (!sound) throw damaged();
  WeakVerdicts result(header[0], header[1], header[2]);
  std::memcpy(result.sets_.data(), bytes.data() + sizeof header, bytes.size() - sizeof header);
  if (!result.partitioned()) throw damaged();
  result.find_gaps();
  return result;
}

}  // namespace assay::select

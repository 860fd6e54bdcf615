#include "assay/asking/rater_agreement.h"

#include <algorithm>
#include <cmath>

namespace assay::asking {
namespace {

// Of the others.
double share_with(const std::vector<Vote>& votes, const Vote& one) {
  const auto same = std::ranges::count(votes, one.value, &Vote::value) - 1;
  return static_cast<double>(same) / static_cast<double>(votes.size() - 1);
}

}  // namespace

std::optional<Share> ShareSum::share() const {
  if (count == 0) return std::nullopt;
  const double value = sum / static_cast<double>(count);
  return Share{value, stats::share_interval(value, static_cast<double>(count)), count};
}

RaterAgreement agreement_of(const Votes& votes, std::uint64_t seed) {
  RaterAgreement result;
  std::vector<RaterAgreement::Rater> raters;
  for (const std::string& name : votes.people) raters.push_back({name, 0, 0, {}});
  std::vector<ShareSum> against(raters.size());
  ShareSum all;
  // In an order of their own: a bootstrap draws units by their places.
  std::vector<std::uint32_t> items;
  for (const auto& [item, of_item] : votes.of_item) items.push_back(item);
  std::ranges::sort(items);
  std::vector<std::vector<std::size_t>> units;
  for (const std::uint32_t item : items) {
    std::vector<Vote> given = votes.of_item.at(item);
    std::erase_if(given, [](const Vote& vote) { return std::isnan(vote.value); });
    if (given.empty()) continue;
    ++result.pairs;
    result.verdicts += given.size();
    double pairs_agree = 0;
    std::vector<std::size_t>& unit = units.emplace_back();
    for (const Vote& vote : given) {
      unit.push_back(static_cast<std::size_t>(std::lround(2 * vote.value)));
      ++raters[vote.person].verdicts;
      if (given.size() == 1) {
        ++raters[vote.person].alone;
        continue;
      }
      against[vote.person].add(share_with(given, vote));
      pairs_agree += share_with(given, vote);
    }
    if (given.size() > 1) all.add(pairs_agree / static_cast<double>(given.size()));
  }
  for (std::size_t i = 0; i < raters.size(); ++i) {
    raters[i].against_rest = against[i].share();
    if (raters[i].verdicts > 0) result.raters.push_back(std::move(raters[i]));
  }
  result.pairs_twice = all.count;
  result.agreement = all.share();
  result.ordinal = stats::krippendorff_alpha(units, 3, stats::Level::ordinal, seed);
  result.nominal = stats::krippendorff_alpha(units, 3, stats::Level::nominal, seed);
  return result;
}

}  // namespace assay::asking

#include "assay/select/lead_forecast.h"

#include <algorithm>
#include <cmath>

#include "assay/stats/normal.h"

namespace assay::select {
namespace {

constexpr double kHalfStep = 0.25;
constexpr double kLeastVariance = 1e-9;
constexpr double kSumRounding = 1e-9;  // of sums of outcomes
// Variance by chance below which surprises are counted one by one: the sum of a few outcomes that are nearly
// certain has a tail that the normal understates by orders of magnitude.
constexpr double kFew = 1;
// Such outcomes cost few calls, and who is asked for 99 % should rather make them than trust the model.
constexpr double kMisled = 0.01;

// Chance of more than `bearable` surprises among `open` outcomes where `mean` are expected. How frequent they are
// is itself a guess: an exponential one makes their number geometric. And they come in clusters, where the model is
// misled: never less than kMisled.
double more_surprises_than(double bearable, double mean, double open) {
  if (bearable < 0) return 1;
  if (bearable >= open) return 0;
  return std::max(kMisled, std::pow(mean / (1 + mean), 1 + std::floor(bearable + kSumRounding)));
}

}  // namespace

LeadForecast::LeadForecast(std::size_t models)
    : mean(models, 0),
      likely(models, 0),
      falls(models, 0),
      rises(models, 0),
      open(models, 0),
      noise(models, 0),
      parameter(models, 0),
      information(models, 1),
      shared(models, 0) {}

double LeadForecast::variance(std::size_t rival) const {
  return std::max(kLeastVariance, own(leader) + own(rival) - 2 * shared[rival]);
}

double LeadForecast::z(std::size_t rival) const {
  return (mean[leader] - mean[rival] + tolerance + kHalfStep) / std::sqrt(variance(rival));
}

double LeadForecast::risk(std::size_t rival) const {
  if (rival == leader) return 0;
  if (noise[leader] + noise[rival] >= kFew) return stats::normal_cdf(-z(rival));
  // How many surprises the leader can bear; those in its favour are not counted on.
  const double bearable = likely[leader] - likely[rival] + tolerance;
  return more_surprises_than(bearable, falls[leader] + rises[rival], open[leader] + open[rival]);
}

double LeadForecast::risk() const {
  double sum = 0;
  for (std::size_t j = 0; j < mean.size(); ++j) sum += risk(j);
  return std::min(1.0, sum);
}

void LeadForecast::expect(std::size_t model, double judged, std::size_t unjudged, const Forecast& forecast) {
  mean[model] = judged + forecast.sum;
  likely[model] = judged + forecast.likely;
  falls[model] = forecast.falls;
  rises[model] = forecast.rises;
  open[model] = static_cast<double>(unjudged);
  noise[model] = forecast.noise;
  parameter[model] = forecast.parameter;
  information[model] = forecast.information;
}

void LeadForecast::learn(std::size_t model, double variance) {
  const double before = noise[model];
  noise[model] = std::max(0.0, before - variance);
  parameter[model] *= information[model] / (information[model] + variance);
  information[model] += variance;
  if (before <= 0) return;
  const double rest = noise[model] / before;
  open[model] *= rest;
  falls[model] *= rest;
  rises[model] *= rest;
  if (model != leader) {
    shared[model] *= rest;
  } else {
    for (double& covariance : shared) covariance *= rest;
  }
}

void LeadForecast::see(std::size_t model, double worth, double chance, double variance) {
  const double unknown = open[model];
  learn(model, variance);
  mean[model] += worth - chance;
  likely[model] += worth - (chance < 0.5 ? 0 : 1);
  open[model] = unknown - 1;
}

void LeadForecast::settle(std::size_t model, double sum) {
  mean[model] = likely[model] = sum;
  falls[model] = rises[model] = 0;
  noise[model] = parameter[model] = shared[model] = 0;
  if (model == leader) std::fill(shared.begin(), shared.end(), 0.0);
}

}  // namespace assay::select

#include "gateway/decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include "assay/core/error.h"
#include "assay/report/json.h"
#include "assay/route/query_routing.h"
#include "assay/routing/embedding_choice.h"
#include "assay/store/name_list.h"

namespace assay::gateway {
namespace {

// Three tokens are read for one that is written, about.
double cost_of(const judge::Price& price) { return (3 * price.in.dollars() + price.out.dollars()) / 4; }

// What a profile comes to with this router.
struct Pool {
  double cost_weight = 0;
  std::vector<std::size_t> candidates;  // the router's indices, ascending
  std::vector<std::size_t> model_of;    // of each candidate: index into the configuration's models
  std::vector<double> cost;             // of each of the router's models
  bool guarded = false;
  bool priced = false;  // a cost is known of one of the candidates

  bool weighs_prices() const { return cost_weight > 0 && priced; }
};

}  // namespace

class Decider::Impl {
 public:
  Impl(std::shared_ptr<const routing::RouterFile> router, std::shared_ptr<const Configuration> configuration)
      : router_(std::move(router)), configuration_(std::move(configuration)) {
    const std::string built_in = routing::embedding_id({}, router_->router().benchmark.vectors.dimensions);
    if (router_->contents().embedding != built_in) {
      throw InvalidArgument(
          fmt::format("a gateway routes by the built-in embedding, {}; the router was made with vectors of {}",
                      built_in, quoted(router_->contents().embedding)));
    }
    for (const Profile& profile : configuration_->profiles) pools_.push_back(pool_of(profile));
  }

  const Configuration& configuration() const { return *configuration_; }

  std::vector<std::string> notes() const {
    const std::vector<std::string>& known = router_->contents().models;
    std::vector<std::string> result, unknown;
    for (const Upstream& model : configuration_->models) {
      if (std::ranges::find(known, model.router_name) == known.end()) unknown.push_back(model.name);
    }
    if (!unknown.empty()) {
      result.push_back(
          fmt::format("{} of {} models can be routed to; the router does not know {}: \"router_name\" says what "
                      "it calls a model",
                      configuration_->models.size() - unknown.size(), configuration_->models.size(),
                      store::name_list(unknown)));
    }
    for (std::size_t i = 0; i < pools_.size(); ++i) {
      const Pool& pool = pools_[i];
      if (!(pool.cost_weight > 0) || pool.candidates.size() < 2) continue;
      std::vector<std::string> unpriced;
      for (std::size_t c = 0; c < pool.candidates.size(); ++c) {
        if (std::isnan(pool.cost[pool.candidates[c]]))
          unpriced.push_back(configuration_->models[pool.model_of[c]].name);
      }
      const std::string& name = configuration_->profiles[i].name;
      if (!pool.priced) {
        result.push_back(fmt::format("profile {}: no price is known, so its cost weight changes nothing", name));
      } else if (!unpriced.empty()) {
        result.push_back(fmt::format("profile {}: no price is known of {}: counted as the dearest known", name,
                                     store::name_list(unpriced)));
      }
    }
    return result;
  }
  const std::string& embedding() const { return router_->contents().embedding; }

  Decision decide(const Profile& profile, std::string_view text, bool with_vector) const {
    const Pool& pool = pools_.at(static_cast<std::size_t>(&profile - configuration_->profiles.data()));
    const route::Router& router = router_->router();
    Decision decision;
    const bool routes = route::routes_queries(router) && pool.candidates.size() > 1;
    std::vector<double> chances;
    if (routes || with_vector) {
      thread_local std::vector<float> vector;
      vector.resize(router.benchmark.vectors.dimensions);
      const bool familiar = router_->embed(text, vector);
      if (routes && familiar) chances = route::query_chances(router, vector);
      if (with_vector && !neighbours::says_nothing(vector)) decision.vector = vector;
    }
    const bool known = !chances.empty();
    if (!known) chances.assign(router.accuracy.begin(), router.accuracy.end());
    decision.order = in_order(pool, pool.cost_weight, chances);
    decision.routed = known;
    if (pool.candidates.size() == 1) {
      decision.why = "the only model of the profile";
    } else if (!routes) {
      decision.why = best_on_average(pool) + ": the router can't tell single prompts apart";
    } else if (!known) {
      decision.why = best_on_average(pool) + ": little or nothing in the text is known to the router";
    } else {
      decision.why = pool.weighs_prices() ? "best for this text, its price considered" : "best for this text";
    }
    if (pool.guarded) heed_guard(pool, chances, decision);
    return decision;
  }

 private:
  static std::string best_on_average(const Pool& pool) {
    return pool.weighs_prices() ? "best on average, its price considered" : "best on average";
  }

  Pool pool_of(const Profile& profile) const {
    const route::RouterContents& contents = router_->contents();
    const route::Router& router = contents.router;
    Pool pool;
    pool.guarded = profile.guard && router.guard.has_value();
    pool.cost_weight = profile.cost_weight.value_or(pool.guarded ? router.guard->cost_weight : 0);
    pool.cost = contents.cost;
    pool.cost.resize(router.models(), std::numeric_limits<double>::quiet_NaN());
    std::vector<std::size_t> asked = profile.models;
    const bool all = asked.empty();
    if (all) {
      asked.resize(configuration_->models.size());
      std::iota(asked.begin(), asked.end(), std::size_t{0});
    }
    std::vector<std::pair<std::size_t, std::size_t>> found;  // router's, configuration's
    for (const std::size_t model : asked) {
      const std::string& name = configuration_->models[model].router_name;
      const auto at = std::find(contents.models.begin(), contents.models.end(), name);
      if (at != contents.models.end()) {
        found.emplace_back(at - contents.models.begin(), model);
      } else if (!all) {
        throw InvalidArgument(fmt::format("profile {}: the router knows no model {}", profile.name,
                                          store::unknown_list(std::span(&name, 1), contents.models)));
      }
    }
    std::sort(found.begin(), found.end());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto [known, model] = found[i];
      if (i > 0 && known == found[i - 1].first) {
        throw InvalidArgument(fmt::format("profile {}: two models are {} of the router", profile.name,
                                          quoted(contents.models[known])));
      }
      pool.candidates.push_back(known);
      pool.model_of.push_back(model);
      // The router's own prices come first: its guard, and what `route evaluate` told of cost weights, are by them.
      const std::optional<judge::Price>& price = configuration_->models[model].price;
      if (price && !pool.guarded && std::isnan(pool.cost[known])) pool.cost[known] = cost_of(*price);
      pool.priced = pool.priced || !std::isnan(pool.cost[known]);
    }
    if (pool.candidates.empty()) {
      throw InvalidArgument(
          fmt::format("profile {}: the router knows none of its models; it knows {} models, {} "
                      "among them",
                      profile.name, contents.models.size(), quoted(contents.models.front())));
    }
    if (!pool.guarded) return pool;
    const auto refuse = [&](const std::string& made_for, const std::string& came) {
      throw InvalidArgument(
          fmt::format("profile {}: the router's guard holds for {}, came {}; fit a router for these (`assay route "
                      "fit` has --models and --cost-weight), or route without the guard by \"guard\": false",
                      profile.name, made_for, came));
    };
    // As route::check_guard, in the words of the configuration.
    if (pool.cost_weight != router.guard->cost_weight) {
      refuse(fmt::format("a cost weight of {:g}", router.guard->cost_weight),
             fmt::format("{:g}", pool.cost_weight));
    }
    if (pool.candidates.size() != router.models()) {
      refuse(fmt::format("its {} models together", router.models()),
             fmt::format("{} of them", pool.candidates.size()));
    }
    return pool;
  }

  std::vector<Decision::Choice> in_order(const Pool& pool, double cost_weight,
                                         const std::vector<double>& chances) const {
    // What choose_for_query would choose, then of what is left, and so on.
    double highest = 0;
    for (const double cost : pool.cost) highest = std::isnan(cost) ? highest : std::max(highest, cost);
    struct Worth {
      double worth, accuracy;
      std::size_t candidate;
    };
    std::vector<Worth> worths;
    worths.reserve(pool.candidates.size());
    for (std::size_t i = 0; i < pool.candidates.size(); ++i) {
      const std::size_t model = pool.candidates[i];
      const double cost = std::isnan(pool.cost[model]) ? highest : pool.cost[model];
      worths.push_back({chances[model] - cost_weight * cost, router_->router().accuracy[model], i});
    }
    std::stable_sort(worths.begin(), worths.end(), [](const Worth& a, const Worth& b) {
      return a.worth != b.worth ? a.worth > b.worth : a.accuracy > b.accuracy;
    });
    std::vector<Decision::Choice> order;
    order.reserve(worths.size());
    for (const Worth& one : worths) {
      const std::size_t model = pool.candidates[one.candidate];
      order.push_back({pool.model_of[one.candidate], chances[model], pool.cost[model]});
    }
    return order;
  }

  void heed_guard(const Pool& pool, const std::vector<double>& chances, Decision& decision) const {
    const route::Router& router = router_->router();
    const route::QueryChoice choice =
        route::route_query(router, chances, pool.candidates, pool.cost, pool.cost_weight);
    const std::size_t model = pool.model_of[choice.chosen];
    if (decision.order.front().model == model) return;
    const auto at = std::find_if(decision.order.begin(), decision.order.end(),
                                 [&](const Decision::Choice& one) { return one.model == model; });
    std::rotate(decision.order.begin(), at, at + 1);
    decision.routed = false;
    decision.why = best_on_average(pool);
    if (router.guard->routes) {
      decision.why +=
          fmt::format(": the guard wants a margin above {:.3f}, came {:.3f}", router.guard->margin, choice.margin);
    } else if (route::is_void(*router.guard)) {
      decision.why += ": the guard is void since the router was updated";
    } else {
      decision.why += ": the guard can't vouch for any other";
    }
  }

  std::shared_ptr<const routing::RouterFile> router_;
  std::shared_ptr<const Configuration> configuration_;
  std::vector<Pool> pools_;  // of each profile
};

Decider::Decider(std::shared_ptr<const routing::RouterFile> router,
                 std::shared_ptr<const Configuration> configuration)
    : impl_(std::make_unique<const Impl>(std::move(router), std::move(configuration))) {}
Decider::~Decider() = default;
Decider::Decider(Decider&&) noexcept = default;
Decider& Decider::operator=(Decider&&) noexcept = default;

const Configuration& Decider::configuration() const { return impl_->configuration(); }

Decision Decider::decide(const Profile& profile, std::string_view text, bool with_vector) const {
  return impl_->decide(profile, text, with_vector);
}

std::vector<std::string> Decider::notes() const { return impl_->notes(); }

const std::string& Decider::embedding() const { return impl_->embedding(); }

std::string header_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c >= ' ' && c <= '~') {
      result += c;
    } else {
      result += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

HeaderList decision_headers(const Decision& decision, const Profile& profile, const Configuration& configuration,
                            std::size_t answered) {
  const auto name = [&](std::size_t at) {
    return header_text(configuration.models[decision.order[at].model].name);
  };
  HeaderList headers = {{"x-assay-model", name(answered)},
                        {"x-assay-profile", profile.name},
                        {"x-assay-chance", fmt::format("{:.3f}", decision.order[answered].chance)}};
  if (answered + 1 < decision.order.size()) headers.emplace_back("x-assay-runner-up", name(answered + 1));
  const std::string why = header_text(decision.why);
  headers.emplace_back("x-assay-why",
                       answered == 0 ? why : fmt::format("asked in place of {}, which failed", name(0)));
  return headers;
}

std::string route_reply(const Decision& decision, const Profile& profile, const Configuration& configuration) {
  using report::Json;
  const auto name = [&](const Decision::Choice& choice) { return Json(configuration.models[choice.model].name); };
  Json models = Json::array();
  for (const Decision::Choice& choice : decision.order) {
    models.add(Json::object().set("model", name(choice)).set("chance", choice.chance).set("cost", choice.cost));
  }
  return Json::object()
             .set("profile", profile.name)
             .set("model", name(decision.order.front()))
             .set("routed", decision.routed)
             .set("why", decision.why)
             .set("models", std::move(models))
             .compact_utf8() +
         "\n";
}

}  // namespace assay::gateway

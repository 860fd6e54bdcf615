#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/routing/router_file.h"
#include "gateway/configuration.h"

namespace assay::gateway {

/// Which models to ask, the best first; the others in turn if it fails.
struct Decision {
  struct Choice {
    std::size_t model = 0;  ///< Index into Configuration::models.
    double chance = 0;      ///< That its answer is right.
    double cost = 0;        ///< Dollars per million tokens; NaN: unknown.
  };
  std::vector<Choice> order;  ///< At least one.
  bool routed = false;        ///< By the text. False: the model that is best on average is asked.
  std::string why;            ///< A short sentence in ASCII without control characters.
  /// Of the text, of unit length; empty: not wanted, or nothing in the text is known.
  std::vector<float> vector = {};
};

/// Decides by a router. Const calls may come from several threads.
class Decider {
 public:
  /// Throws InvalidArgument if they do not fit: a pool's model that the router does not know, no model that it
  /// knows, a guard that was made for other models or another cost weight, a router whose vectors are not of the
  /// built-in embedding.
  Decider(std::shared_ptr<const routing::RouterFile> router, std::shared_ptr<const Configuration> configuration);
  ~Decider();
  Decider(Decider&&) noexcept;
  Decider& operator=(Decider&&) noexcept;

  const Configuration& configuration() const;
  /// What whoever serves should know though nothing is wrong: models that are not routed to because the router does
  /// not know them, cost weights without prices. A sentence each.
  std::vector<std::string> notes() const;
  /// `profile`: one of the configuration's. O(text) + O(n d) for n plain vectors of the router.
  /// @param with_vector  The decision has the vector of the text as the router sees it, whatever decided.
  Decision decide(const Profile& profile, std::string_view text, bool with_vector = false) const;
  /// Id of what makes the vectors.
  const std::string& embedding() const;

 private:
  class Impl;
  std::unique_ptr<const Impl> impl_;
};

/// What tells clients how it came: x-assay-model, x-assay-profile, x-assay-chance, x-assay-runner-up (if there is
/// one), x-assay-why. Without control characters, whatever the names are. `answered`: index into `order` of the
/// model that answers; the runner-up is then the one that would have been next.
HeaderList decision_headers(const Decision& decision, const Profile& profile, const Configuration& configuration,
                            std::size_t answered);

/// The text with all but visible ASCII and blanks written as \xHH, as a header's value.
std::string header_text(std::string_view text);

/// Reply to POST /v1/route, a line of JSON.
std::string route_reply(const Decision& decision, const Profile& profile, const Configuration& configuration);

}  // namespace assay::gateway

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/routing/ensemble_file.h"
#include "gateway/proxy.h"

namespace assay::gateway {

/// What clients say for an ensemble for all; "assay/vote/TASK" where the file has one for a task.
inline constexpr std::string_view kVoteModel = "assay/vote";

/// An ensemble whose members are models of a configuration.
class ServedEnsemble {
 public:
  /// Throws Error or DataError as EnsembleFile; InvalidArgument if a member is no model of the configuration, by
  /// the name that clients or the router know it by, or if a profile is called "vote".
  ServedEnsemble(const std::string& path, const Configuration& configuration);

  /// What clients may name: "assay/vote", "assay/vote/TASK" for each task, or both; of each ensemble of the file.
  const std::vector<std::string>& names() const { return names_; }
  /// Position of the ensemble with that name. Throws InvalidArgument that lists them if there is none.
  std::size_t position(std::string_view name) const;
  const routing::EnsembleFile& file() const { return file_; }
  /// Members of the ensemble at this position as indices into the configuration's models, in the order in which
  /// they are asked.
  const std::vector<std::size_t>& members(std::size_t at) const { return members_[at]; }

 private:
  routing::EnsembleFile file_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::size_t>> members_;
};

/// True if the model of a request is an ensemble.
bool is_vote(std::string_view model);

/// Reply to POST /v1/route for an ensemble: a line of JSON with its members in the order in which they would be
/// asked. Throws InvalidArgument as ServedEnsemble::position.
std::string vote_route_reply(const ServedEnsemble& ensemble, std::string_view model,
                             const Configuration& configuration);

/// Asks the members one after the other, until the answer stays whatever the others say, or is sure enough to, and
/// replies with the label: as a chat completion, whole or streamed, with an object "assay" beside its choices:
/// label, probability, votes. A member that fails is asked once more where that may help, and then counts as if it
/// were not there. If none answers, 502; 503 if one was not asked because no connection to it was free.
/// `request.read.model` names an ensemble of `request.serving`, and `request.read.text` is the whole of what the
/// user asks, in which options are looked for. Throws InvalidArgument if there is no such ensemble; then nothing
/// was asked, and `responder` is as it was.
void vote(ProxyShared& shared, ProxyRequest request, server::Responder& responder);

}  // namespace assay::gateway

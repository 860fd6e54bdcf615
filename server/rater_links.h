#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::server {

/// Who may judge, by the token in their link. Tokens stand in "STUDY.links" beside the study, which only its owner
/// can read: links stay good after a restart. They never enter the study, which may be given to others.
///
///     RaterLinks links("mine.assay", {"ann", "ben"});
///     links.token("ann");                  // for her link
///     links.rater(token_of_a_request);     // "ann", or none
class RaterLinks {
 public:
  /// Makes tokens for those who have none; those of people who are not named now stay in the file, and are not
  /// served. Throws Error if the file can't be read or written, is damaged, or can be read by others.
  RaterLinks(const std::string& study, std::vector<std::string> raters);

  /// Of a rater that was named.
  const std::string& token(const std::string& rater) const { return tokens_.at(rater); }
  /// Random, and as lasting as the links: for ids that tell nothing.
  const std::string& secret() const { return secret_; }
  /// Looks at all of them, always.
  std::optional<std::string> rater(std::string_view token) const;

  static std::string path_of(const std::string& study) { return study + ".links"; }

 private:
  std::map<std::string, std::string> tokens_;  // by rater
  std::string secret_;                         // in the file beside the tokens, of nobody: its name is empty
};

}  // namespace assay::server

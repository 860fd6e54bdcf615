#include "server/rater_links.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/file/private_file.h"
#include "server/access_token.h"

namespace assay::server {
namespace {

using LinkJson = nlohmann::json;

constexpr std::size_t kMostBytes = 1U << 20U;

std::map<std::string, std::string> tokens_in(const std::string& path) {
  const std::optional<std::string> text = file::read_private(path, kMostBytes);
  std::map<std::string, std::string> tokens;
  if (!text) return tokens;
  try {
    const LinkJson json = LinkJson::parse(*text);
    for (const auto& [rater, token] : json.items()) tokens[rater] = token.get<std::string>();
  } catch (const LinkJson::exception&) {
    throw Error(escaped(path) + ": damaged; without it, new links are made");
  }
  const bool fine = std::ranges::all_of(tokens, [](const auto& one) { return is_token(one.second); });
  if (!fine) throw Error(escaped(path) + ": damaged; without it, new links are made");
  return tokens;
}

}  // namespace

RaterLinks::RaterLinks(const std::string& study, std::vector<std::string> raters) {
  const std::string path = path_of(study);
  std::map<std::string, std::string> all = tokens_in(path);
  const auto [secret, made] = all.try_emplace("");
  if (made) secret->second = random_token();
  secret_ = secret->second;
  bool grown = made;
  for (const std::string& rater : raters) {
    const auto [at, fresh] = all.try_emplace(rater);
    if (fresh) at->second = random_token();
    grown = grown || fresh;
    tokens_[rater] = at->second;
  }
  if (grown) {
    file::write_private(path, LinkJson(all).dump(2, ' ', true, LinkJson::error_handler_t::replace) + "\n");
  }
}

std::optional<std::string> RaterLinks::rater(std::string_view token) const {
  std::optional<std::string> found;
  for (const auto& [rater, own] : tokens_) {
    if (same_token(own, token)) found = rater;
  }
  return found;
}

}  // namespace assay::server

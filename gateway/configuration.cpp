#include "gateway/configuration.h"

#include <algorithm>

namespace assay::gateway {

const Profile* Configuration::profile_of(std::string_view model) const {
  if (!model.starts_with(kProfilePrefix)) return nullptr;
  const std::string_view name = model.substr(kProfilePrefix.size());
  const auto at =
      std::find_if(profiles.begin(), profiles.end(), [&](const Profile& one) { return one.name == name; });
  return at == profiles.end() ? nullptr : &*at;
}

std::size_t Configuration::model_of(std::string_view name) const {
  const auto at = std::find_if(models.begin(), models.end(), [&](const Upstream& one) { return one.name == name; });
  return at == models.end() ? kNone : static_cast<std::size_t>(at - models.begin());
}

}  // namespace assay::gateway

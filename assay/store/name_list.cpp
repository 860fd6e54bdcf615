#include "assay/store/name_list.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/nearest_name.h"

namespace assay::store {

std::string name_list(std::span<const std::string> names, std::size_t limit) {
  std::vector<std::string> items;
  items.reserve(names.size());
  for (const std::string& name : names) items.push_back(quoted(name));
  return item_list(items, limit);
}

std::string unknown_list(std::span<const std::string> names, std::span<const std::string> known,
                         std::size_t limit) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < names.size(); ++i) {
    // Those that are cut need no look.
    const std::optional<std::string> near = i < limit ? nearest_name(names[i], known) : std::nullopt;
    items.push_back(quoted(names[i]) + (near ? " (is it " + quoted(*near) + "?)" : ""));
  }
  return item_list(items, limit);
}

std::string item_list(std::span<const std::string> items, std::size_t limit) {
  if (items.empty()) return "none";
  std::string list;
  for (std::size_t i = 0; i < items.size() && i < limit; ++i) {
    if (i > 0) list += ", ";
    list += items[i];
  }
  if (items.size() > limit) list += fmt::format(" and {} more", items.size() - limit);
  return list;
}

}  // namespace assay::store

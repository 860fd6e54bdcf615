#include "cli/names_option.h"

#include <algorithm>
#include <utility>

#include "assay/core/error.h"
#include "assay/data/cell_words.h"

namespace assay::cli {
namespace {

void skip_blanks(std::string_view& list) {
  list.remove_prefix(std::min(list.find_first_not_of(" \t"), list.size()));
}

// What stands in quotes at the beginning of `list`, which is moved behind them.
std::string quoted_name(std::string_view& list, const std::string& option) {
  const std::string_view whole = list;
  std::string name;
  list.remove_prefix(1);
  while (!list.empty()) {
    const std::size_t quote = list.find('"');
    if (quote == std::string_view::npos) break;
    name += list.substr(0, quote);
    list.remove_prefix(quote + 1);
    if (!list.starts_with('"')) {
      skip_blanks(list);
      if (list.empty() || list.starts_with(',')) return name;
      throw CLI::ValidationError(option, "expected a comma behind the quoted name, came " + assay::quoted(whole));
    }
    name += '"';
    list.remove_prefix(1);
  }
  throw CLI::ValidationError(option, "expected a second \" that ends the name, came " + assay::quoted(whole));
}

}  // namespace

std::vector<std::string> names_in(std::string_view list, const std::string& option) {
  std::vector<std::string> names;
  for (skip_blanks(list); !list.empty(); skip_blanks(list)) {
    std::string name;
    if (list.starts_with('"')) {
      name = quoted_name(list, option);
    } else {
      const std::string_view part = list.substr(0, list.find(','));
      list.remove_prefix(part.size());
      name = data::without_blanks(part);
    }
    if (!list.empty()) list.remove_prefix(1);  // the comma
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

CLI::Option* add_names_option(CLI::App& app, const std::string& option, std::vector<std::string>& names,
                              const std::string& help) {
  const auto take = [&names, option](const std::vector<std::string>& lists) {
    names.clear();
    for (const std::string& list : lists) {
      for (std::string& name : names_in(list, option)) names.push_back(std::move(name));
    }
  };
  return app.add_option_function<std::vector<std::string>>(option, take, help)
      ->allow_extra_args(false)
      ->option_text("A,B,...");
}

}  // namespace assay::cli

#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace assay::store {

/// `"a", "b", "c" and 50 more`: names of strangers made fit for a message, a long list cut. "none" if empty.
std::string name_list(std::span<const std::string> names, std::size_t limit = 10);

/// Names of strangers that are not known, each with the nearest known one where one is near, cut likewise:
/// `"gpt4o-mimi" (is it "gpt4o-mini"?), "x"`.
std::string unknown_list(std::span<const std::string> names, std::span<const std::string> known,
                         std::size_t limit = 10);

/// The same of `items` that are fit for people as they are: `a, b, c and 50 more`.
std::string item_list(std::span<const std::string> items, std::size_t limit = 10);

}  // namespace assay::store

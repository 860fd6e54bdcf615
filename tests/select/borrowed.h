#pragma once

#include <memory>

namespace assay {

/// A shared pointer that owns nothing: for a Problem made of what a test keeps alive itself.
template <typename Table>
std::shared_ptr<const Table> borrowed(const Table& table) {
  return {std::shared_ptr<const void>(), &table};
}

}  // namespace assay

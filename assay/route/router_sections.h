#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/named_bytes.h"
#include "assay/route/router.h"
#include "assay/text/hashed_embedding.h"

namespace assay::route {

/// All that a router file holds.
struct RouterContents {
  Router router;
  std::vector<std::string> models;     ///< m names.
  std::vector<std::string> tasks;      ///< T names.
  std::vector<double> parameters;      ///< m: sizes; NaN: unknown.
  std::vector<double> cost;            ///< m: dollars per million tokens; NaN: unknown.
  std::string embedding;               ///< Its id.
  text::HashedEmbeddingTables hashed;  ///< Empty unless the embedding is the built-in one.
};

/// Version of the sections: a change of their meaning changes it.
inline constexpr std::uint32_t kRouterVersion = 4;

/// A router as parts of a file. Large parts are borrowed from `contents`, small ones owned.
class RouterSections {
 public:
  explicit RouterSections(const RouterContents& contents);
  RouterSections(const RouterSections&) = delete;
  RouterSections& operator=(const RouterSections&) = delete;

  std::span<const NamedBytes> all() const { return sections_; }

 private:
  template <typename T>
  void borrow(std::string name, std::span<const T> values);
  void own(std::string name, std::string bytes);

  std::deque<std::string> owned_;
  std::vector<NamedBytes> sections_;
};

/// The way back: everything large lies where the sections lie, which must begin at multiples of 8 bytes and outlive
/// the result. Whatever the bytes are, a router that is returned can be used without looking outside them. Throws
/// DataError that says what does not fit.
RouterContents router_contents(std::span<const NamedBytes> sections);

/// A number that tells candidates apart: of the names of the models, in their order.
std::uint64_t candidate_digest(std::span<const std::string> models);

}  // namespace assay::route

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/app/selection_checks.h"

namespace assay::view {

/// The checks of one selection.
struct CheckedSelection {
  std::string source;
  std::vector<app::CheckResult> results;
  std::vector<std::string> notes = {};  ///< What should be known of the selection. Names of strangers as they are.
};

/// Text of an attribute or element of XML 1.0: markup is escaped; what XML has no place for, control characters and
/// bytes that are not UTF-8, becomes U+FFFD.
std::string as_xml(std::string_view text);

/// JUnit's XML, as Jenkins and GitLab read it: a test suite for each selection, a test case for each check. What
/// failed, and what is undecided, is a `failure` of that type. Notes are `system-out` of the suite.
std::string to_junit(const std::vector<CheckedSelection>& selections);

/// A line for each check.
std::string to_text(const std::vector<CheckedSelection>& selections);

}  // namespace assay::view

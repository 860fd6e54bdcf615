#include "assay/view/junit.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/core/field_names.h"
#include "assay/core/utf8.h"

namespace assay::view {
namespace {

std::size_t failures_of(const CheckedSelection& selection) {
  return static_cast<std::size_t>(std::ranges::count_if(selection.results, [](const app::CheckResult& result) {
    return result.outcome != app::CheckOutcome::passed;
  }));
}

// U+FFFE and U+FFFF.
bool is_noncharacter(std::string_view one) { return one == "\xEF\xBF\xBE" || one == "\xEF\xBF\xBF"; }

}  // namespace

std::string as_xml(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string xml;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    const std::string_view one = text.substr(at, std::max<std::size_t>(length, 1));
    const auto byte = static_cast<unsigned char>(one.front());
    at += one.size();
    if (length == 0 || is_noncharacter(one)) {
      xml += kReplacement;
      continue;
    }
    switch (byte) {
      case '<': xml += "&lt;"; break;
      case '>': xml += "&gt;"; break;
      case '&': xml += "&amp;"; break;
      case '"': xml += "&quot;"; break;
      case '\'': xml += "&apos;"; break;
      case '\n': xml += "&#10;"; break;  // else an attribute would have a blank
      case '\r': xml += "&#13;"; break;
      case '\t': xml += "&#9;"; break;
      default: xml += byte < 0x20 ? kReplacement : one;
    }
  }
  return xml;
}

std::string to_junit(const std::vector<CheckedSelection>& selections) {
  std::size_t tests = 0;
  std::size_t failures = 0;
  for (const CheckedSelection& selection : selections) {
    tests += selection.results.size();
    failures += failures_of(selection);
  }
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  xml += fmt::format("<testsuites name=\"assay\" tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"0\">\n", tests,
                     failures);
  for (const CheckedSelection& selection : selections) {
    const std::string source = as_xml(selection.source);
    xml += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"0\">\n", source,
        selection.results.size(), failures_of(selection));
    for (const app::CheckResult& result : selection.results) {
      const std::string message = as_xml(result.message);
      xml += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n", source, as_xml(result.name));
      if (result.outcome == app::CheckOutcome::passed) {
        xml += fmt::format("      <system-out>{}</system-out>\n", message);
      } else {
        xml += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", app::name(result.outcome),
                           message, message);
      }
      xml += "    </testcase>\n";
    }
    std::string notes;
    for (const std::string& note : selection.notes) notes += as_xml("Note: " + with_options(note) + "\n");
    if (!notes.empty()) xml += "    <system-out>" + notes + "</system-out>\n";
    xml += "  </testsuite>\n";
  }
  return xml + "</testsuites>\n";
}

std::string to_text(const std::vector<CheckedSelection>& selections) {
  std::string text;
  for (const CheckedSelection& selection : selections) {
    for (const app::CheckResult& result : selection.results) {
      std::string word(app::name(result.outcome));
      word.front() = static_cast<char>(word.front() - 'a' + 'A');
      const std::string of = selections.size() > 1 ? escaped(selection.source) + ": " : "";
      text += fmt::format("{}: {}{}: {}\n", word, of, escaped(result.name), escaped(result.message));
    }
  }
  return text;
}

}  // namespace assay::view

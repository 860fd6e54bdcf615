#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/app/inspected_selection.h"
#include "assay/app/selection_comparison.h"
#include "assay/report/json.h"
#include "assay/view/junit.h"

namespace assay::view {

/// One part of a page: a report of a verb, with what only a page shows of it.
struct PageDocument {
  std::string kind;                           ///< "select", "allocate", "simulate-allocators", "comparison", ...
  std::string title;                          ///< For people: the name of the file, without its folders.
  std::string source;                         ///< The file as it was given.
  std::optional<std::string> command = {};    ///< Repeats it; empty: not known.
  std::vector<std::string> summary = {};      ///< The answer in a few lines, as the verb's text report begins.
  std::string text = {};                      ///< The whole text report, without colours; empty: there is none.
  report::Json report = {};                   ///< The document of the verb's --json.
  report::Json calls = {}, judge = {};        ///< Of "select", null elsewhere.
  std::vector<app::Exchange> exchanges = {};  ///< Likewise: those that the page has, in the order of the calls.
  std::size_t exchanges_left_out = 0;
  std::size_t texts_cut_at = 0;  ///< Bytes; longer texts are cut there. 0: none are.
};

/// The lines with which a text report answers, at most three: those before the first empty one.
std::vector<std::string> first_lines(const std::string& text);

/// What a page shows, as docs/reference/json.md has it.
report::Json to_json(const PageDocument& document);
/// `made`: when, as ISO 8601; empty: null. `live`: exchanges are to be fetched.
report::Json page_json(const std::vector<PageDocument>& documents, const std::optional<std::string>& made,
                       bool live, const std::vector<CheckedSelection>& checked = {});

/// An exchange of the page. `texts_cut_at`: as PageDocument.
report::Json to_json(const app::Exchange& exchange, std::size_t texts_cut_at = 0);
/// {"total": N, "exchanges": [...]}
report::Json to_json(const app::ExchangePage& page);

/// All of a selection but its exchanges, which are all left out. Reads the texts of all calls.
PageDocument select_document(app::InspectedSelection& selection, std::string title,
                             std::optional<std::string> command);

/// Selections beside each other.
PageDocument comparison_document(const app::SelectionComparison& comparison);

/// Numbers of all calls of a selection, those first that tell most of its answer: one of a model that may still be
/// the best and one of another by turns. The models take turns, too, the better ones first, each with its verdicts
/// that are no draws before its draws.
std::vector<std::size_t> calls_to_show(const app::InspectedSelection& selection);

/// Adds exchanges of which the study has a text, in the order of `calls_to_show` as long as they fit into so many
/// bytes of JSON. Returns how many of these they take.
std::size_t add_exchanges(PageDocument& document, app::InspectedSelection& selection, std::size_t bytes);

}  // namespace assay::view

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assay/report/json.h"
#include "web/page_assets.h"

namespace assay::view {

/// JSON that may stand in a script element of HTML: no "<" is in it, nor what ends a line of JavaScript.
std::string embedded(const report::Json& json);

/// Throws Error if there are no assets: Assay was built without the page.
void require_page(std::span<const web::PageAsset> assets);

/// A page in one file, which shows `page` (view/page.h) without any network, and runs nothing but the scripts of
/// `assets`, whatever the data holds. `text`: what is shown where scripts are off. Throws as
/// `require_page`.
std::string page_html(const report::Json& page, std::string_view title, std::string_view text,
                      std::span<const web::PageAsset> assets);

}  // namespace assay::view

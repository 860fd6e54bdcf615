#pragma once

#include <span>
#include <string_view>

namespace assay::web {

/// A file of the page, as the bundler made it of `web/src`.
struct PageAsset {
  std::string_view name;  ///< "page.js", "page.css" or "page.html"
  std::string_view type;  ///< as the header Content-Type has it
  std::string_view
      body;  ///< ASCII or UTF-8; never holds `</script`, `</style` or `<!--`, so that it may stand in a page
  std::string_view sha256;  ///< of the body, in base64, as a Content-Security-Policy has it
};

/// The assets of the page: `page.js` and `page.css`, which serve an offline report (inside an HTML file, with the
/// data in
/// `<script type="application/json" id="page">`) and the live page (as files of their own), and `page.html`, what
/// the live page begins with; it refers to `assets/page.js` and `assets/page.css`. The script must stand after the
/// data, at the end of the body. Empty if the program was built without the page.
std::span<const PageAsset> page_assets();

}  // namespace assay::web

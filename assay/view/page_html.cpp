#include "assay/view/page_html.h"

#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::view {
namespace {

// Characters that HTML has no place for become U+FFFD.
std::string as_html(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string html;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    const std::string_view one = text.substr(at, std::max<std::size_t>(length, 1));
    const auto byte = static_cast<unsigned char>(one.front());
    at += one.size();
    if (length == 0 || (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) {
      html += kReplacement;
    } else if (one == "<") {
      html += "&lt;";
    } else if (one == ">") {
      html += "&gt;";
    } else if (one == "&") {
      html += "&amp;";
    } else if (one == "\"") {
      html += "&quot;";
    } else {
      html += one;
    }
  }
  return html;
}

// "'sha256-...' 'sha256-...'" of the assets of this type.
std::string hashes(std::span<const web::PageAsset> assets, std::string_view type) {
  std::string text;
  for (const web::PageAsset& asset : assets) {
    if (!asset.type.starts_with(type)) continue;
    text += (text.empty() ? "'sha256-" : " 'sha256-") + std::string(asset.sha256) + "'";
  }
  return text;
}

std::string elements(std::span<const web::PageAsset> assets, std::string_view type, std::string_view element) {
  std::string html;
  for (const web::PageAsset& asset : assets) {
    if (!asset.type.starts_with(type)) continue;
    html.append("<").append(element).append(">").append(asset.body).append("</").append(element).append(">\n");
  }
  return html;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string embedded(const report::Json& json) {
  const std::string text = json.compact_utf8();
  std::string safe;
  safe.reserve(text.size() + text.size() / 64);
  for (const char c : text) {
    if (c == '<') {
      safe += "\\u003c";
    } else if (c == '\x7F') {
      safe += "\\u007f";
    } else {
      safe += c;
    }
  }
  replace_all(safe, "\xE2\x80\xA8", "\\u2028");
  replace_all(safe, "\xE2\x80\xA9", "\\u2029");
  return safe;
}

void require_page(std::span<const web::PageAsset> assets) {
  if (!assets.empty()) return;
  throw Error("this Assay was built without the page: `./dev page` fetches what it takes, then build again");
}

std::string page_html(const report::Json& page, std::string_view title, std::string_view text,
                      std::span<const web::PageAsset> assets) {
  constexpr std::string_view kScript = "text/javascript";
  constexpr std::string_view kStyle = "text/css";
  require_page(assets);
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src " +
      hashes(assets, kScript) + "; style-src " + hashes(assets, kStyle) +
      "; img-src data:; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>" +
      as_html(title) + "</title>\n";
  html += elements(assets, kStyle, "style");
  html += "</head>\n<body>\n<noscript><pre>" + as_html(text) + "</pre></noscript>\n";
  html += "<script type=\"application/json\" id=\"page\">" + embedded(page) + "</script>\n";
  html += elements(assets, kScript, "script");
  return html + "</body>\n</html>\n";
}

}  // namespace assay::view

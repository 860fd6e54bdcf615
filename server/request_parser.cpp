#include "server/request_parser.h"

#include <algorithm>
#include <string>

namespace assay::server {
namespace {

namespace beast_http = boost::beast::http;

constexpr std::uint64_t kReservedBytes = 1U << 20U;  // of a body; more comes only with the bytes

// What follows the host in a target that names one, as proxies get it.
std::string without_host(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const std::string_view begin = target.substr(0, scheme.size());
    if (!boost::beast::iequals({begin.data(), begin.size()}, {scheme.data(), scheme.size()})) continue;
    const std::string_view rest = target.substr(scheme.size());
    const std::string_view path = rest.substr(std::min(rest.find_first_of("/?"), rest.size()));
    return (path.starts_with('/') ? "" : "/") + std::string(path);
  }
  return std::string(target);
}

}  // namespace

RequestParser::RequestParser(const HttpServerOptions& options) {
  header_limit(options.header_bytes);
  body_limit(options.body_bytes);
}

void RequestParser::on_request_impl(beast_http::verb, View method, View target, int version, Error&) {
  request.method = text_of(method);
  request.target = without_host(text_of(target));
  old_ = version < 11;
}

void RequestParser::on_field_impl(Field name, View name_text, View value, Error& error) {
  if (headed_) return;  // a trailer
  if (name == Field::host && ++hosts_ > 1) error = beast_http::error::bad_field;
  if (name == Field::content_length && (++lengths_ > 1 || value.find(',') != View::npos)) {
    error = beast_http::error::bad_content_length;
  }
  if (name == Field::transfer_encoding && (old_ || !boost::beast::iequals(value, "chunked"))) {
    error = beast_http::error::bad_transfer_encoding;
  }
  if (name == Field::expect) continue_wanted = boost::beast::iequals(value, "100-continue");
  request.headers.emplace_back(text_of(name_text), text_of(value));
}

void RequestParser::on_header_impl(Error& error) {
  headed_ = true;
  if (!old_ && hosts_ == 0) error = beast_http::error::bad_field;
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Error&) {
  if (length) request.body.reserve(std::min(*length, kReservedBytes));
}

std::size_t RequestParser::on_body_impl(View body, Error&) {
  request.body += text_of(body);
  return body.size();
}

std::size_t blank_lines(std::string_view text) { return std::min(text.find_first_not_of("\r\n"), text.size()); }

bool has_folded_line(std::string_view head) {
  for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    if (at + 1 < head.size() && (head[at + 1] == ' ' || head[at + 1] == '\t')) return true;
  }
  return false;
}

int status_of_refusal(boost::system::error_code error) {
  if (error == beast_http::error::body_limit) return 413;
  return error == beast_http::error::header_limit || error == beast_http::error::buffer_overflow ? 431 : 400;
}

}  // namespace assay::server

#include "server/response_parser.h"

#include <boost/asio/error.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <limits>
#include <utility>

namespace assay::server {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

// Headers that are of the connection, or of how the body is sent.
bool of_connection(beast_http::field name) {
  using beast_http::field;
  switch (name) {
    case field::connection:
    case field::keep_alive:
    case field::proxy_connection:
    case field::proxy_authenticate:
    case field::transfer_encoding:
    case field::te:
    case field::trailer:
    case field::upgrade:
    case field::content_length: return true;
    default: return false;
  }
}

}  // namespace

ResponseParser::ResponseParser(Sink& sink, std::uint32_t header_bytes) : sink_(sink) {
  header_limit(header_bytes);
  body_limit(std::numeric_limits<std::uint64_t>::max());  // as none is less than any length, in Boost 1.74
  eager(true);
}

void ResponseParser::on_response_impl(int code, View, int, Error& error) {
  head_.status = code;
  if (code < 100 || code > 599 || code == 101) error = beast_http::error::bad_status;
}

void ResponseParser::on_field_impl(Field name, View name_text, View value, Error& error) {
  if (headed_) return;  // a trailer
  if (name == Field::transfer_encoding && !boost::beast::iequals(value, "chunked")) {
    error = beast_http::error::bad_transfer_encoding;
  }
  if (name == Field::connection) connection_.append(value.data(), value.size()).append(",");
  if (of_connection(name)) return;
  if (name == Field::content_type) head_.content_type.assign(value.data(), value.size());
  if (name == Field::retry_after) head_.retry_after.assign(value.data(), value.size());
  if (name == Field::content_encoding && !boost::beast::iequals(value, "identity")) head_.encoded = true;
  head_.fields.append(name_text.data(), name_text.size()).append(": ").append(value.data(), value.size());
  head_.fields.append("\r\n");
}

void ResponseParser::on_header_impl(Error& error) {
  headed_ = true;
  if (interim()) return;
  drop_named();
  if (const auto length = content_length()) head_.length = *length;
  if (!sink_.parsed_head(std::move(head_))) error = asio::error::operation_aborted;
}

std::size_t ResponseParser::on_body_impl(View body, Error& error) {
  if (!sink_.parsed_piece({body.data(), body.size()})) error = asio::error::operation_aborted;
  return body.size();
}

// "Connection: close, x-mine": then x-mine is of the connection, too.
void ResponseParser::drop_named() {
  for (const auto& name : beast_http::token_list(connection_)) {
    if (boost::beast::iequals(name, "close") || boost::beast::iequals(name, "keep-alive")) continue;
    std::string kept;
    for (std::size_t at = 0; at < head_.fields.size();) {
      const std::size_t end = head_.fields.find("\r\n", at) + 2;
      const std::size_t colon = head_.fields.find(':', at);
      if (!boost::beast::iequals(View(head_.fields.data() + at, colon - at), name)) {
        kept.append(head_.fields, at, end - at);
      }
      at = end;
    }
    head_.fields = std::move(kept);
  }
}

}  // namespace assay::server

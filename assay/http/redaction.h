#pragma once

#include "assay/http/http_client.h"

namespace assay::http {

/// `reply` without the key that `sent` had in its Authorization header: some servers put it into what they
/// complain, and that is kept and shown. "[key]" stands in its place. A key of fewer than 8 bytes is none, but a
/// word like EMPTY for servers that want something, and stays.
HttpReply redacted(HttpReply reply, const HttpRequest& sent);

}  // namespace assay::http

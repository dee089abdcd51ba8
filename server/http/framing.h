// Where a request ends: what RFC 9112 leaves no doubt about, and nothing else, so that no proxy before us and we see
// two different requests in the same bytes.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-6.3 and section 3.2. Thread rule: safe.
// Errors: INVALID_ARGUMENT naming the header. After one the connection must be closed: nobody knows where the next
// request begins.
#pragma once

#include <string_view>

#include "base/words.h"
#include "server/http/message.h"

namespace cadastre::server {

// `Transfer-Encoding` is `chunked`, once, on HTTP/1.1, and never beside `Content-Length`; that stands once and is a
// number; an HTTP/1.1 request has one `Host`, and any no more than one `Authorization`. `version` is 11 for HTTP/1.1.
Status CheckFraming(const HttpHeaders& headers, unsigned version);

// Whether two words of a protocol are the same; only ASCII letters differ by case.
bool SameWord(std::string_view a, std::string_view b);

}  // namespace cadastre::server

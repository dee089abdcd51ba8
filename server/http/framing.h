// Where a request ends: what RFC 9112 leaves no doubt about, and nothing else, so that no proxy before us and we see
// two different requests in the same bytes.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-6.3 and section 3.2. Thread rule: safe.
// Errors: INVALID_ARGUMENT naming the header. After one the connection must be closed: nobody knows where the next
// request begins.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/words.h"
#include "server/http/message.h"

namespace cadastre::server {

// `Transfer-Encoding` is `chunked`, once, on HTTP/1.1, and never beside `Content-Length`; that stands once and is a
// number; an HTTP/1.1 request has one `Host`, and any no more than one `Authorization`. `version` is 11 for HTTP/1.1.
Status CheckFraming(const HttpHeaders& headers, unsigned version);

// What stands behind the sizes of one body's chunks. A quoted text in it may hold anything to a lenient reader; where a
// line ends there too, the next one takes what follows for a chunk of its own (RFC 9112 section 7.1.1, RFC 9110 section
// 5.6.4).
class ChunkExtensions {
 public:
  // Of all chunks of a body together.
  static constexpr size_t kBytesMax = 64 * 1024;

  // Those of the next chunk, from its size to the end of its line. False where they hold a control character other than
  // a tab, or there were too many.
  bool Take(std::string_view extensions);

 private:
  size_t bytes_ = 0;
};

// Whether two words of a protocol are the same; only ASCII letters differ by case.
bool SameWord(std::string_view a, std::string_view b);

}  // namespace cadastre::server

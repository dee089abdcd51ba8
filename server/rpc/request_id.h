// An id that ties an answer, its log lines and its audit record together: the client's own, or 16 hexadecimal digits,
// unique in a process.
// Thread rule: safe.
#pragma once

#include <string>
#include <string_view>

namespace cadastre::server {

std::string NewRequestId();
// What the client sent as x-request-id where it is 1 to 64 letters, digits, `-`, `_` or `.`; else a new one.
std::string RequestIdOf(std::string_view sent);

}  // namespace cadastre::server

// An id that ties an answer, its log lines and its audit record together: 16 hexadecimal digits, unique in a process.
// Thread rule: safe.
#pragma once

#include <string>

namespace cadastre::server {

std::string NewRequestId();

}  // namespace cadastre::server

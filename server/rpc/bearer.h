// The token of an `Authorization: Bearer …` of any door. Thread rule: safe.
#pragma once

#include <string_view>

namespace cadastre::server {

// Empty if there is none. The scheme is matched without case (RFC 9110, 11.1), and may stand apart by more than one
// space.
std::string_view BearerIn(std::string_view authorization);

}  // namespace cadastre::server

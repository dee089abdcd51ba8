// Gzip bodies, bounded. Thread rule: safe.
#pragma once

#include <string>
#include <string_view>

#include "base/words.h"

namespace cadastre::server {

// INVALID_ARGUMENT where it is not gzip; RESOURCE_EXHAUSTED naming the limit where it grows past `bytes_max`.
StatusOr<std::string> Gunzip(std::string_view bytes, size_t bytes_max);

}  // namespace cadastre::server

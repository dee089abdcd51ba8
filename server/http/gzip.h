// Gzip bodies, bounded. Thread rule: safe.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/words.h"

namespace cadastre::server {

enum class Packing { kGzip, kZlib };

// INVALID_ARGUMENT where it is not so packed; OUT_OF_RANGE naming the limit where it grows past `bytes_max`. `room` is
// asked before memory for so many bytes in all is taken, and told how many are held once it was (fewer: what was there
// has been carried over); what it refuses with is the answer.
StatusOr<std::string> Gunzip(std::string_view bytes, size_t bytes_max,
                             const std::function<Status(size_t)>& room = nullptr, Packing packing = Packing::kGzip);

}  // namespace cadastre::server

#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace cadastre::base::internal {

CheckFailure::CheckFailure(const char* file, int line, const char* condition) {
  message_ << file << ':' << line << ": CHECK(" << condition << ") failed ";
}

CheckFailure::~CheckFailure() {
  message_ << '\n';
  std::fputs(message_.str().c_str(), stderr);
  std::fflush(stderr);
  std::abort();
}

}  // namespace cadastre::base::internal

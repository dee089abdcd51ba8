// CHECK: an invariant whose failure ends the process, because going on would answer or store something wrong.
//
// Thread rule: safe.
// Deliberately does not: guard against input. Bad input is a Status (base/status.h); CHECK is for our own mistakes.
#pragma once

#include <sstream>
#include <string>

namespace cadastre::base::internal {

// Collects the message; its destructor writes it to standard error and aborts.
class CheckFailure {
 public:
  CheckFailure(const char* file, int line, const char* condition);
  CheckFailure(const CheckFailure&) = delete;
  CheckFailure& operator=(const CheckFailure&) = delete;
  [[noreturn]] ~CheckFailure();

  std::ostream& stream() { return message_; }

 private:
  std::ostringstream message_;
};

// Gives both branches of the ?: in CHECK the type void; & binds looser than <<.
struct Voidify {
  void operator&(std::ostream&) const {}
};

}  // namespace cadastre::base::internal

#ifdef CHECK
#undef CHECK
#endif
#define CHECK(condition)                                \
  (condition) ? static_cast<void>(0)                    \
              : ::cadastre::base::internal::Voidify() & \
                    ::cadastre::base::internal::CheckFailure(__FILE__, __LINE__, #condition).stream()
#define CHECK_OK(expression)                                                              \
  do {                                                                                    \
    const auto& cadastre_checked_ = (expression);                                         \
    CHECK(cadastre_checked_.ok()) << ::cadastre::base::internal::Text(cadastre_checked_); \
  } while (false)

namespace cadastre::base::internal {

template <typename T>
std::string Text(const T& status_or) {
  if constexpr (requires { status_or.status(); }) {
    return status_or.status().ToString();
  } else {
    return status_or.ToString();
  }
}

}  // namespace cadastre::base::internal

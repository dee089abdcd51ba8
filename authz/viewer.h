// Who asks: made by the guard alone, after authentication. Thread rule: compatible.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace cadastre::authz {

class Guard;

class Viewer {
 public:
  Viewer(const Viewer&) = default;
  Viewer& operator=(const Viewer&) = default;
  // Principal id.
  const std::string& principal() const { return principal_; }
  // The principal's interned number: what producers name.
  uint64_t number() const { return number_; }
  // People outrank services: catalog's precedence asks this.
  bool person() const { return person_; }

 private:
  friend class Guard;
  Viewer(std::string principal, uint64_t number, bool person)
      : principal_(std::move(principal)), number_(number), person_(person) {}
  std::string principal_;
  uint64_t number_;
  bool person_;
};

}  // namespace cadastre::authz

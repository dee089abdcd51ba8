// Who asks: made by the guard alone, after authentication. Thread rule: compatible.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/words.h"

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
  // The token he came with; empty for a login.
  const std::string& token_id() const { return token_id_; }
  // The person whose password stands behind that token, however many tokens lie between; empty where none does.
  const std::string& login_of() const { return login_of_; }
  // Which of that person's passwords it was.
  const std::string& login_mark() const { return login_mark_; }
  // Nothing that was revoked or changed up to this revision was overlooked when he was let in.
  Revision admitted() const { return admitted_; }

 private:
  friend class Guard;
  Viewer(std::string principal, uint64_t number, bool person)
      : principal_(std::move(principal)), number_(number), person_(person) {}
  std::string principal_;
  uint64_t number_;
  bool person_;
  std::string token_id_;
  std::string login_of_;
  std::string login_mark_;
  Revision admitted_{0};
};

}  // namespace cadastre::authz

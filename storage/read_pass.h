// The proof that a viewer (or a named system reason) stands behind a read.
//
// Every read of storage demands a ReadPass, and only authz's two views can make
// one: code without a view cannot turn stored bytes into an answer. Types stop
// mistakes, not malice: a test forbids a second definition of the two friends.
// Thread rule: compatible.
#pragma once

#include "base/words.h"

namespace cadastre::authz {
class GovernedView;
class SystemView;
}  // namespace cadastre::authz

namespace cadastre::storage {

class ReadPass {
 public:
  ReadPass(const ReadPass&) = default;
  ReadPass& operator=(const ReadPass&) = default;

  // Versions after this revision do not exist for the holder.
  Revision bound() const { return bound_; }

 private:
  friend class authz::GovernedView;
  friend class authz::SystemView;
  // With a body: `= default` would let `{}` forge one under C++17 aggregate rules.
  explicit ReadPass(Revision bound) : bound_(bound) {}

  Revision bound_;
};

}  // namespace cadastre::storage

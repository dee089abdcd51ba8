// A stand-in for authz's SystemView, so that this room's own tests can read without the room above.
//
// The one allowed second definition of a friend of ReadPass: it is compiled into storage's tests alone, which do not
// link authz.
#pragma once

#include "base/words.h"
#include "storage/read_pass.h"

namespace cadastre::authz {

class SystemView {
 public:
  static storage::ReadPass PassAt(Revision bound) { return storage::ReadPass(bound); }
};

}  // namespace cadastre::authz

namespace cadastre::storage {

inline ReadPass PassAt(uint64_t revision) { return authz::SystemView::PassAt(Revision(revision)); }

}  // namespace cadastre::storage

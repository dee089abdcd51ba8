#include "server/wire/aspect_wire.h"

#include "server/rpc/wire_form.h"

namespace cadastre::server {

catalog::v1::Aspect WireAspect(catalog::v1::Aspect stored) {
  MendWireForm(stored);
  return stored;
}

}  // namespace cadastre::server

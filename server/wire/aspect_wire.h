// The one place where a stored aspect becomes part of an answer.
//
// Thread rule: safe. What was stored before its wire form was checked is mended here, so that one bad value never makes
// an asset unreadable.
#pragma once

#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::server {

catalog::v1::Aspect WireAspect(catalog::v1::Aspect stored);

}  // namespace cadastre::server

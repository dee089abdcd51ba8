// Who there is and what they may do, as messages of cadastre.authz.v1 in protobuf's JSON. Pure; compatible.
#pragma once

#include "demo/history.h"

namespace cadastre::demo {

// Role, Grant and PutPrincipalRequest messages.
json::array Roles();
json::array Grants();
json::array Principals(const Company& company);

}  // namespace cadastre::demo

// In tests: what rows are put by where a room's own functions would check their permits.
#pragma once

#include "authz/write/permit.h"
#include "authz/write/write_session.h"

namespace cadastre::testing_support {

inline authz::RowPermit RowsOf(authz::WriteSession& session) { return authz::RowPermit(session.PermitOwn()); }

}  // namespace cadastre::testing_support

// Soft deletion, which hides an asset and erases nothing. Thread rule: confined.
#pragma once

#include "authz/write/permit.h"
#include "authz/write/write_session.h"
#include "base/words.h"

namespace cadastre::catalog {

// Repeating it changes nothing. Errors: those of WriteSession.
Status SetDeleted(authz::WriteSession& session, authz::Permit<authz::Privilege::kEditTechnical> permit, bool deleted);

}  // namespace cadastre::catalog

// Soft deletion, which hides an asset and erases nothing, and browsing by container. Thread rule: confined.
#pragma once

#include <vector>

#include "authz/permit.h"
#include "authz/view.h"
#include "authz/write_session.h"
#include "base/words.h"

namespace cadastre::catalog {

// Repeating it changes nothing. Errors: those of WriteSession.
Status SetDeleted(authz::WriteSession& session, authz::Permit<authz::Privilege::kEditTechnical> permit, bool deleted);

// Visible direct members of a container or domain, by id, after `after`; at most `max`. Of a domain only those whose
// domain the viewer may read.
// `more`: set where visible ones follow.
StatusOr<std::vector<AssetId>> ScanMembers(authz::GovernedView& view, AssetId container, AssetId after, size_t max,
                                           bool* more);

}  // namespace cadastre::catalog

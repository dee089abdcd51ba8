// What who lies under a deny must not do to policy: lift it, for himself or for anybody, or make a manager of grants
// whom it does not reach.
//
// Functions over a session and the policy as it would be. Thread rule: confined, as the session is.
// See docs/decisions/027-*.md. Another holder of manage_grants on everything, whom the deny does not reach, takes it
// back; so that there is one, nobody comes under a deny by his own act, or gives manage_grants away, while nobody else
// could undo it, or takes the last one away whom a deny on all others does not reach; nor does anybody give up what
// nobody else who manages grants could give again. Bounds: every principal's rules are looked at where the viewer lies
// under a deny, else only until one is found who could take back what the viewer does to himself.
#pragma once

#include <string>

#include "authz/policy/policy.h"
#include "authz/write/write_session.h"
#include "base/words.h"

namespace cadastre::authz {

// Of a change after which policy is `after`. PERMISSION_DENIED: it lifts a deny, or makes a manager of grants without
// it; FAILED_PRECONDITION: nobody would be left to take back what strikes the viewer himself, to manage grants, or
// to give again what he gives up.
Status CheckDenies(const WriteSession& session, const PolicyRecords& after);
// Of a token or a password for `principal`: PERMISSION_DENIED where he manages grants and a deny of the viewer's does
// not reach him.
Status CheckReachedByDenies(const WriteSession& session, const std::string& principal);

}  // namespace cadastre::authz

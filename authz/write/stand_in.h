// What a deny keeps by name; whether `push` may stand in for a privilege to edit, and whether the viewer holds that one
// all the same.
//
// Functions over a session. Thread rule: confined, as the session is.
// It may where nobody gave him the privilege, and not where a deny keeps it from him. Of an asset that he may browse
// the deny is decided as any other; of a name that is hidden or absent by kind, namespace and name alone, as a deny of
// push is, because the answer would else tell the labels of what is hidden.
#pragma once

#include "authz/policy/privilege.h"
#include "authz/write/write_session.h"
#include "base/words.h"

namespace cadastre::authz {

// Is there a deny of it at all, and one that the name alone comes under?
bool Denies(const RuleSet& rules, Privilege privilege);
bool DeniesByName(const RuleSet& rules, Privilege privilege, const CanonicalName& name);

bool MayPushInstead(WriteSession& session, Privilege privilege, const CanonicalName& name);
// By policy, where no edit finds the asset because it is not there yet, or deleted. A hidden one he may not edit. What
// is decided by labels holds them.
bool HoldsByPolicy(WriteSession& session, Privilege privilege, const CanonicalName& name);

}  // namespace cadastre::authz

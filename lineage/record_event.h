// Record: what one lineage event states becomes rows: run, edges with their histories, rollup, last-seen times.
//
// Called with an open write session, any number of times before its commit; thread rule: confined.
// Errors: INVALID_ARGUMENT that names the field; those of WriteSession's reads.
// The result does not depend on the order in which events come, nor on how often.
// Deliberately does not: decide who may push (the permit proves it), make names, touch aspects of assets (catalog
// does).
#pragma once

#include "authz/write/permit.h"
#include "authz/write/write_session.h"
#include "lineage/event_write.h"

namespace cadastre::lineage {

// `permit`: for the event's job, or for the dataset of an event about a dataset alone.
Status Record(authz::WriteSession& session, authz::Permit<authz::Privilege::kPush> permit, const EventWrite& event);

}  // namespace cadastre::lineage

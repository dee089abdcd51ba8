// The rules that say which environment a namespace belongs to, as stored: written through a session, read through a
// view.
//
// Functions; owner: none. Thread rule: confined, as session and view are.
// An environment is a label that grants name, so its rules are policy: manage_grants on everything writes and reads
// them, and nobody moves what a grant of his own names by it (docs/decisions/027-*.md).
// Errors: PERMISSION_DENIED without manage_grants on everything, and where an own grant names an environment;
// INVALID_ARGUMENT that names the field; ABORTED for an etag that is another by now; ALREADY_EXISTS; NOT_FOUND;
// FAILED_PRECONDITION where a grant would name an environment that no rule gives any more; RESOURCE_EXHAUSTED above
// kEnvironmentRulesMax.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "authz/accounts/policy_store.h"
#include "base/words.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {

std::string EtagOf(const record::EnvironmentRule& rule);

// Creates or replaces.
StatusOr<record::EnvironmentRule> PutEnvironmentRule(WriteSession& session, PolicyPermit permit, std::string_view id,
                                                     record::EnvironmentRule rule, const Replacement& how);
Status DeleteEnvironmentRule(WriteSession& session, PolicyPermit permit, std::string_view id, std::string_view etag);

StatusOr<Visible<RowOf<record::EnvironmentRule>>> FindEnvironmentRule(GovernedView& view, std::string_view id);
// In order of id, after `after`, at most `max`.
StatusOr<std::vector<Visible<RowOf<record::EnvironmentRule>>>> ListEnvironmentRules(GovernedView& view,
                                                                                    std::string_view after, size_t max);

}  // namespace cadastre::authz

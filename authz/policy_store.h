// Policy as stored: principals, roles and grants, written through a WriteSession and listed through a view.
//
// Functions; owner: none. Thread rule: confined, as session and view are.
// Errors: PERMISSION_DENIED without manage_grants on everything, and where a
// caller would hand out what he does not hold himself (a grant, a role, a group,
// somebody else's password); INVALID_ARGUMENT that names the field; NOT_FOUND for
// a grant or an asset in a scope that is not there (or hidden); those of the session.
// Nobody loses the right to take back: deleting a grant needs manage_grants alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/policy_tables.h"
#include "authz/view.h"
#include "authz/write_session.h"
#include "base/words.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {

// Creates or replaces. `principal.number` and the password hash of `person` are kept, whatever stands in them;
// a kind never changes. `password`: empty leaves it; persons only.
Status PutPrincipal(WriteSession& session, std::string_view id, record::Principal principal, record::Person person,
                    std::string_view password);

// Creates or replaces. Inherited roles must exist and not lead back to it.
Status PutRole(WriteSession& session, std::string_view id, record::Role role);

// The assets a scope names; they stand for the ids in record::Scope.
struct ScopeAssets {
  std::optional<AssetName> container;
  std::optional<AssetName> domain;
  std::optional<AssetName> asset;
};
Status PutGrant(WriteSession& session, std::string_view id, record::Grant grant, const ScopeAssets& assets);
Status DeleteGrant(WriteSession& session, std::string_view id);

// In order of id, after `after` (an id), at most `max`.
StatusOr<std::vector<Visible<RowOf<record::Principal>>>> ListPrincipals(GovernedView& view, std::string_view after,
                                                                        size_t max);
StatusOr<std::vector<Visible<RowOf<record::Role>>>> ListRoles(GovernedView& view, std::string_view after, size_t max);
// Of one role; empty for all.
StatusOr<std::vector<Visible<RowOf<record::Grant>>>> ListGrants(GovernedView& view, std::string_view role,
                                                                std::string_view after, size_t max);

// The caller, as WhoAmI tells it.
struct Self {
  std::string id;
  record::Principal principal;
  record::Person person;  // without the password hash
  std::vector<std::string> groups;
  std::vector<std::string> roles;
  PrivilegeSet privileges;  // held on at least one scope
};
StatusOr<Visible<Self>> FindSelf(GovernedView& view);

// PERMISSION_DENIED where `principal` may do anything the session's viewer may not: whoever acts for another must
// hold what that one holds.
Status CheckMayActFor(const WriteSession& session, std::string_view principal);

}  // namespace cadastre::authz

// Policy as stored: principals, roles and grants, written through a WriteSession and listed through a view.
//
// Functions; owner: none. Thread rule: confined, as session and view are.
// Errors: PERMISSION_DENIED without manage_grants on everything, and where a
// caller would hand out what he does not hold himself (a grant, a role, a group,
// somebody else's password); INVALID_ARGUMENT that names the field; NOT_FOUND for
// what or an asset in a scope that is not there (or hidden); ABORTED for an etag that is another by now; those of
// deny_rules.h and of the session.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/accounts/policy_tables.h"
#include "authz/identity/credentials.h"
#include "authz/view/view.h"
#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {

// How a Put meets what stands already.
struct Replacement {
  // Of what stands, as it was read: ABORTED where it is another by now, naming the field it came in. Empty: whatever
  // stands.
  std::string etag;
  std::string etag_field = "etag";
  // ALREADY_EXISTS where anything stands.
  bool only_if_absent = false;
  // The fields that are replaced, by their names on the wire, the others staying as they are; nullopt: all. What does
  // not exist yet is made of all.
  std::optional<std::vector<std::string>> fields;

  bool Has(std::string_view field) const;
};

// A principal with what is personal of it, without the password.
struct Account {
  std::string id;
  record::Principal principal;
  record::Person person;
};
std::string EtagOf(const Account& account);
std::string EtagOf(const record::Role& role);
std::string EtagOf(const record::Grant& grant);

// The right to write policy, which every write of it consumes.
using PolicyPermit = Permit<Privilege::kManageGrants>;

// Creates or replaces: `principal.number` and the password are kept, whatever stands in them; a kind never changes.
// The id of a deleted one is never taken again. Disabling and enabling end his tokens, and those his logins made.
StatusOr<Account> PutPrincipal(WriteSession& session, PolicyPermit permit, const Credentials& credentials,
                               Account account, const Replacement& how);
// Of a person, beside PutPrincipal or alone; ends the sessions and tokens that the old one made.
Status SetPassword(WriteSession& session, PolicyPermit permit, const Credentials& credentials, std::string_view id,
                   std::string_view password);
// The viewer's own, who said the old one (Front::Confirm): the token he came with stays.
Status ChangeOwnPassword(WriteSession& session, OwnPermit permit, const Credentials& credentials,
                         std::string_view password);
// For good: roles, groups, tokens and all that is personal go; the id and the number stay taken. Not oneself, and
// nobody whom the viewer might not disable.
Status DeletePrincipal(WriteSession& session, PolicyPermit permit, const Credentials& credentials, std::string_view id,
                       std::string_view etag);

// Creates or replaces. Inherited roles must exist and not lead back to it.
StatusOr<record::Role> PutRole(WriteSession& session, PolicyPermit permit, std::string_view id, record::Role role,
                               const Replacement& how);
// FAILED_PRECONDITION while a principal holds it, a role inherits it or a grant is its.
Status DeleteRole(WriteSession& session, PolicyPermit permit, std::string_view id, std::string_view etag);

// The assets a scope names; they stand for the ids in record::Scope.
struct ScopeAssets {
  std::optional<AssetName> container;
  std::optional<AssetName> domain;
  std::optional<AssetName> asset;
};
struct GrantWish {
  record::Grant grant;
  ScopeAssets assets;
};
StatusOr<record::Grant> PutGrant(WriteSession& session, PolicyPermit permit, std::string_view id, GrantWish wish,
                                 const Replacement& how);
Status DeleteGrant(WriteSession& session, PolicyPermit permit, std::string_view id, std::string_view etag);

// NOT_FOUND where there is none, or it may not be read.
StatusOr<Visible<Account>> FindPrincipal(GovernedView& view, std::string_view id);
StatusOr<Visible<RowOf<record::Role>>> FindRole(GovernedView& view, std::string_view id);
StatusOr<Visible<RowOf<record::Grant>>> FindGrant(GovernedView& view, std::string_view id);
// In order of id, after `after` (an id), at most `max`.
StatusOr<std::vector<Visible<Account>>> ListPrincipals(GovernedView& view, std::string_view after, size_t max);
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

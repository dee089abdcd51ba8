// Checks of principals, roles and grants as they come from a door, before they are stored.
//
// Functions. Thread rule: safe.
// Errors: INVALID_ARGUMENT that names the field, as it is called on the wire.
// Deliberately does not: look anything up; whether a role exists, policy_store asks.
#pragma once

#include <string>
#include <string_view>

#include "base/words.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {

inline constexpr int kGroupsMax = 256;
inline constexpr int kRolesMax = 256;
inline constexpr int kInheritsMax = 64;
inline constexpr size_t kPolicyIdBytesMax = 128;

// 1 to 128 of [a-z0-9._-].
Status CheckPolicyId(std::string_view field, std::string_view id);
Status CheckPrincipal(std::string_view id, const record::Principal& principal, const record::Person& person);
Status CheckRole(std::string_view id, const record::Role& role);
// As the catalog keeps a namespace that somebody spells so: `s3://lake` of `s3://lake/`.
std::string KeptNamespace(const std::string& stated);
// A scope that nothing enforces for one of its privileges is refused, and one that is spelled as no name is kept.
Status CheckGrant(std::string_view id, const record::Grant& grant);
Status CheckEnvironmentRule(std::string_view id, const record::EnvironmentRule& rule);

}  // namespace cadastre::authz

// The tables of policy: who may read their rows, and how their keys are made.
//
// Values. Thread rule: compatible.
#pragma once

#include <string>
#include <string_view>

#include "authz/view/table.h"
#include "base/bytes.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {

// Rows of policy are about the whole house: manage_grants on everything opens them.
template <typename Record>
RowRule PolicyRule(std::string_view, const Record&) {
  return {Subjects::Global(), Privilege::kManageGrants};
}

inline constexpr Table<record::Principal> kPrincipalTable{Keyspace::kPrincipal, PolicyRule<record::Principal>};
inline constexpr Table<record::Role> kRoleTable{Keyspace::kRole, PolicyRule<record::Role>};
inline constexpr Table<record::Grant> kGrantTable{Keyspace::kGrant, PolicyRule<record::Grant>};
inline constexpr Table<record::Person> kPersonTable{Keyspace::kPerson, PolicyRule<record::Person>};
inline constexpr Table<record::EnvironmentRule> kEnvironmentTable{Keyspace::kEnvironment,
                                                                  PolicyRule<record::EnvironmentRule>};
// By digest; and the digests of one principal's tokens.
inline constexpr Table<record::Token> kTokenTable{Keyspace::kToken, PolicyRule<record::Token>};
inline constexpr Table<std::string> kTokenOfTable{Keyspace::kTokenOf, PolicyRule<std::string>};

// The counter of principals' numbers, as WriteSession::NextNumber names it.
inline constexpr std::string_view kPrincipalCounter = "principal";

// `<id>\0`, the key of principals, roles, grants and persons.
inline std::string IdKey(std::string_view id) {
  std::string key;
  base::AppendString(key, id);
  return key;
}

// `<principal>\0<token id>\0`.
inline std::string TokenOfKey(std::string_view principal, std::string_view token_id) {
  std::string key = IdKey(principal);
  base::AppendString(key, token_id);
  return key;
}

}  // namespace cadastre::authz

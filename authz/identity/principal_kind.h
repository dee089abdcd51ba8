// What a principal is, as its record has it: the one list of kinds below the doors.
//
// Thread rule: safe. The wire's authz.v1.PrincipalKind has the same numbers, which server/wire/authz_wire.cc holds.
#pragma once

#include <cstdint>

namespace cadastre::authz {

enum class PrincipalKind : uint32_t { kPerson = 1, kGroup = 2, kService = 3 };

// `kind` of a record.Principal.
constexpr bool IsPrincipalKind(uint32_t kind) {
  return kind >= static_cast<uint32_t>(PrincipalKind::kPerson) &&
         kind <= static_cast<uint32_t>(PrincipalKind::kService);
}
constexpr bool Is(PrincipalKind wanted, uint32_t kind) { return kind == static_cast<uint32_t>(wanted); }

}  // namespace cadastre::authz

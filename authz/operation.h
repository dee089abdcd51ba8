// The privilege table: every operation of every door, what it needs, and whether it writes.
//
// A door whose operation has no entry does not start. Thread rule: compatible.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "authz/privilege.h"

namespace cadastre::authz {

enum class Effect : uint8_t { kRead, kWrite };

struct Operation {
  // `cadastre.search.v1.SearchService/Search`; for other doors `POST /api/v1/lineage`.
  std::string_view name;
  // The least the caller must hold on some scope to call at all (kNone: any
  // principal). What each row needs is decided row by row. A caller without it
  // gets PERMISSION_DENIED, which tells nothing but the caller's own rights.
  Privilege privilege;
  // True where the privilege must be held on everything.
  bool everywhere;
  Effect effect;
};

std::span<const Operation> Operations();
// Null if there is none of that name.
const Operation* FindOperation(std::string_view name);

// `AuthzService/Login`: the one RPC that needs no principal, so it has no entry above. Front::Login
// audits it under this name.
const Operation& LoginOperation();

}  // namespace cadastre::authz

// Operation: what one operation of a door needs, and whether it writes.
//
// The RPCs' are filled by the server from the options of their methods (proto/cadastre/privilege/v1); what is no RPC
// has a small table beside its door. Values; thread rule: compatible.
#pragma once

#include <cstdint>
#include <string_view>

#include "authz/policy/privilege.h"

namespace cadastre::authz {

enum class Effect : uint8_t {
  kRead,
  kWrite,
  kLogin,  // comes without a principal: Front::Login alone takes it
};

struct Operation {
  // `cadastre.search.v1.SearchService/Search`; for other doors `POST /api/v1/lineage`. Outlives every call.
  std::string_view name;
  // The least the caller must hold on some scope to call at all (kNone: any
  // principal). What each row needs is decided row by row. A caller without it
  // gets PERMISSION_DENIED, which tells nothing but the caller's own rights.
  Privilege privilege;
  // True where the privilege must be held on everything.
  bool everywhere;
  Effect effect;
};

// Under which failed logins are recorded: the one operation of Effect::kLogin.
inline constexpr std::string_view kLoginName = "cadastre.authz.v1.AuthzService/Login";

}  // namespace cadastre::authz

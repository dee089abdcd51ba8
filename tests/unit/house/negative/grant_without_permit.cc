// Policy is not written without the permit to manage grants.
// expect: to 'Permit<cadastre::authz::Privilege::kManageGrants>'
#include <utility>

#include "authz/accounts/policy_store.h"

using cadastre::authz::Permit;
using cadastre::authz::Privilege;

cadastre::Status Deleted(cadastre::authz::WriteSession& session, Permit<Privilege::kManageGrants> permit) {
  return cadastre::authz::DeleteGrant(session, std::move(permit), "g", "");
}

#ifdef MISUSE
cadastre::Status Stolen(cadastre::authz::WriteSession& session, Permit<Privilege::kEditTags> permit) {
  return cadastre::authz::DeleteGrant(session, std::move(permit), "g", "");
}
#endif

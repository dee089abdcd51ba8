// No name is made without a permit.
// expect: no matching function for call to 'cadastre::authz::WriteSession::Intern
#include "authz/write/write_session.h"

using cadastre::authz::Permit;
using cadastre::authz::Privilege;
using cadastre::authz::RowPermit;

cadastre::StatusOr<cadastre::AssetId> Made(cadastre::authz::WriteSession& session,
                                           const Permit<Privilege::kPush>& permit) {
  return session.Intern(RowPermit(permit), permit.asset());
}

#ifdef MISUSE
cadastre::StatusOr<cadastre::AssetId> Stolen(cadastre::authz::WriteSession& session, const cadastre::AssetName& name) {
  return session.Intern(name);
}
#endif

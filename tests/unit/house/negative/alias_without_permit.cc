// Two names are not made one without the right to push one of them.
// expect: could not convert 'permit'
#include <utility>

#include "catalog/alias.h"

using cadastre::authz::Permit;
using cadastre::authz::Privilege;

cadastre::StatusOr<bool> Stated(cadastre::authz::WriteSession& session, Permit<Privilege::kPush> permit,
                                const cadastre::catalog::Producer& producer, cadastre::AssetId to) {
  return cadastre::catalog::RecordAlias(session, std::move(permit), producer, to, "TABLE");
}

#ifdef MISUSE
cadastre::StatusOr<bool> Stolen(cadastre::authz::WriteSession& session, const cadastre::AssetName& permit,
                                const cadastre::catalog::Producer& producer, cadastre::AssetId to) {
  return cadastre::catalog::RecordAlias(session, permit, producer, to, "TABLE");
}
#endif

// No token is made without saying by what right: one's own, or that of managing grants.
// expect: to 'cadastre::authz::OwnPermit'
#include <utility>

#include "authz/accounts/token_store.h"

using cadastre::authz::Credentials;
using cadastre::authz::IssuedToken;
using cadastre::authz::OwnPermit;
using cadastre::authz::WriteSession;

cadastre::StatusOr<IssuedToken> Made(WriteSession& session, OwnPermit permit, const Credentials& credentials) {
  return cadastre::authz::CreateSessionToken(session, std::move(permit), credentials);
}

#ifdef MISUSE
cadastre::StatusOr<IssuedToken> Stolen(WriteSession& session, const Credentials& credentials) {
  return cadastre::authz::CreateSessionToken(session, credentials);
}
#endif

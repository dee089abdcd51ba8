// Only a write session permits.
// expect: is private within this context
#include "authz/write/permit.h"

using Push = cadastre::authz::Permit<cadastre::authz::Privilege::kPush>;

const cadastre::CanonicalName& Asset(const Push& permit) { return permit.asset(); }

#ifdef MISUSE
Push Forged(cadastre::AssetName name) { return Push(std::move(name)); }
#endif

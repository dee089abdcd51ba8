// Only a write session permits.
// expect: is private within this context
#include "authz/permit.h"

using Push = cadastre::authz::Permit<cadastre::authz::Privilege::kPush>;

const cadastre::AssetName& Asset(const Push& permit) { return permit.asset(); }

#ifdef MISUSE
Push Forged(cadastre::AssetName name) { return Push(std::move(name)); }
#endif

// A permit is good for one write: it is consumed, not copied.
// expect: use of deleted function
#include "authz/write/permit.h"

using Push = cadastre::authz::Permit<cadastre::authz::Privilege::kPush>;

Push Handed(Push permit) { return permit; }

#ifdef MISUSE
Push Twice(const Push& permit) { return permit; }
#endif

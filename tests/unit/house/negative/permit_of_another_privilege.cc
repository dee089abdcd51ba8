// A permit to edit documentation is none to edit tags.
// expect: could not convert
#include "authz/write/permit.h"

using cadastre::authz::Permit;
using cadastre::authz::Privilege;

Permit<Privilege::kEditDocs> Handed(Permit<Privilege::kEditDocs> permit) { return permit; }

#ifdef MISUSE
Permit<Privilege::kEditTags> Turned(Permit<Privilege::kEditDocs> permit) { return permit; }
#endif

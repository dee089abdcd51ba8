// Braces make no Viewer either.
// expect: is private within this context
#include "authz/identity/viewer.h"

const std::string& Name(const cadastre::authz::Viewer& viewer) { return viewer.principal(); }

#ifdef MISUSE
const std::string& Forged() { return Name({"admin", 1, true}); }
#endif

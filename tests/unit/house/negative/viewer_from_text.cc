// Only the guard makes a Viewer, after authentication.
// expect: is private within this context
#include "authz/identity/viewer.h"

const std::string& Name(const cadastre::authz::Viewer& viewer) { return viewer.principal(); }

#ifdef MISUSE
cadastre::authz::Viewer Forged() { return cadastre::authz::Viewer("admin", 1, true); }
#endif

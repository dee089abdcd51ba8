// With `= default` and without a body, `{}` would make an aggregate of it.
// expect: could not convert
#include "storage/read_pass.h"

cadastre::Revision Bound(const cadastre::storage::ReadPass& pass) { return pass.bound(); }

#ifdef MISUSE
cadastre::storage::ReadPass Forged() { return {}; }
#endif

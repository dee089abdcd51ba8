// A ReadPass has no default: nothing to read with comes from nothing.
// expect: no matching function for call to 'cadastre::storage::ReadPass::ReadPass()'
#include "storage/read_pass.h"

cadastre::storage::ReadPass Copy(const cadastre::storage::ReadPass& pass) { return pass; }

#ifdef MISUSE
cadastre::storage::ReadPass Forged() { return cadastre::storage::ReadPass(); }
#endif

// A ReadPass is made by a view alone: braces forge none.
// expect: 'cadastre::storage::ReadPass::ReadPass(cadastre::base::Revision)' is private within this context
#include "storage/read_pass.h"

cadastre::Revision Bound(const cadastre::storage::ReadPass& pass) { return pass.bound(); }

#ifdef MISUSE
cadastre::Revision Forged() { return Bound({cadastre::Revision(7)}); }
#endif

// A sealed value opens through a view alone.
// expect: 'int cadastre::authz::Sealed<int>::value_' is private within this context
#include "authz/view/sealed.h"

cadastre::authz::Privilege Needs(const cadastre::authz::Sealed<int>& sealed) { return sealed.privilege(); }

#ifdef MISUSE
int Peeked(const cadastre::authz::Sealed<int>& sealed) { return sealed.value_; }
#endif

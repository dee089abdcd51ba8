// A sealed value does not read like a visible one.
// expect: no match for 'operator*' (operand type is 'const cadastre::authz::Sealed<int>')
#include "authz/view/sealed.h"

int Value(const cadastre::authz::Visible<int>& visible) { return *visible; }

#ifdef MISUSE
int Peeked(const cadastre::authz::Sealed<int>& sealed) { return *sealed; }
#endif

// A witness is of what was revealed, not of any value.
// expect: no matching function for call to 'cadastre::authz::Witness::Witness(int)'
#include "authz/view/sealed.h"

cadastre::authz::Witness Of(const cadastre::authz::Visible<int>& visible) { return cadastre::authz::Witness(visible); }

#ifdef MISUSE
cadastre::authz::Witness Forged() { return cadastre::authz::Witness(7); }
#endif

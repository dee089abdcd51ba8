// What was not revealed is not visible.
// expect: 'cadastre::authz::Visible<T>::Visible(T) [with T = int]' is private within this context
#include "authz/view/sealed.h"

int Value(const cadastre::authz::Visible<int>& visible) { return *visible; }

#ifdef MISUSE
cadastre::authz::Visible<int> Forged() { return cadastre::authz::Visible<int>(7); }
#endif

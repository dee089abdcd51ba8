// What is merged is shown only with the witness of what a view revealed.
// expect: no matching function for call to 'cadastre::authz::GovernedView::Merge(int) const'
#include "authz/view/view.h"

cadastre::authz::Visible<int> Shown(const cadastre::authz::GovernedView& view, const cadastre::authz::Visible<int>& a) {
  return view.Merge(*a + 1, cadastre::authz::Witness(a));
}

#ifdef MISUSE
cadastre::authz::Visible<int> Forged(const cadastre::authz::GovernedView& view) { return view.Merge(7); }
#endif

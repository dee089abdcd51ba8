// One request, one view: it moves, it is never copied.
// expect: use of deleted function 'cadastre::authz::GovernedView::GovernedView(const cadastre::authz::GovernedView&)'
#include "authz/view/view.h"

cadastre::authz::GovernedView Moved(cadastre::authz::GovernedView view) { return view; }

#ifdef MISUSE
cadastre::authz::GovernedView Copied(const cadastre::authz::GovernedView& view) { return view; }
#endif

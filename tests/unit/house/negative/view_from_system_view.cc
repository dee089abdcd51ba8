// The back door does not lead into the house: no answer goes through a SystemView.
// expect: could not convert 'view' from 'cadastre::authz::SystemView' to 'cadastre::authz::GovernedView'
#include "authz/view/view.h"

cadastre::authz::SystemReason Reason(const cadastre::authz::SystemView& view) { return view.reason(); }

#ifdef MISUSE
cadastre::authz::GovernedView Passed(cadastre::authz::SystemView view) { return view; }
#endif

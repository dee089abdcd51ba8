// A view's pass serves the view alone.
// expect: is protected within this context
#include "authz/view/view.h"

using cadastre::authz::GovernedView;

bool Sees(const GovernedView& view, cadastre::AssetId id) { return view.Sees(id); }

#ifdef MISUSE
cadastre::storage::ReadPass Taken(const GovernedView& view) { return view.pass(); }
#endif

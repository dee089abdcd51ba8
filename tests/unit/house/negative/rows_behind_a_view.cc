// Rows leave a view sealed: the raw ones are its own.
// expect: is private within this context
#include "authz/view/view.h"

using cadastre::authz::GovernedView;

bool Sees(const GovernedView& view, cadastre::AssetId id) { return view.Sees(id); }

#ifdef MISUSE
bool Peeked(const GovernedView& view) { return view.FindRow(cadastre::authz::Keyspace::kAspect, "key").ok(); }
#endif

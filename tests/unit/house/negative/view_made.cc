// Only the guard opens a view.
// expect: is private within this context
#include "authz/view/view.h"

using cadastre::authz::GovernedView;

bool Sees(const GovernedView& view, cadastre::AssetId id) { return view.Sees(id); }

#ifdef MISUSE
GovernedView Made(cadastre::authz::Viewer viewer, std::shared_ptr<const cadastre::authz::Published> published,
                  std::shared_ptr<const cadastre::authz::RuleSet> rules) {
  return GovernedView(cadastre::authz::ViewContext{}, std::move(viewer), std::move(published), std::move(rules),
                      cadastre::authz::ReadPoint{});
}
#endif

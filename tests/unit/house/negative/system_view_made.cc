// Only the guard opens a SystemView, because it records that.
// expect: is private within this context
#include "authz/view/view.h"

using cadastre::authz::SystemReason;
using cadastre::authz::SystemView;

SystemReason Reason(const SystemView& view) { return view.reason(); }

#ifdef MISUSE
SystemView Made(std::shared_ptr<const cadastre::authz::Published> published) {
  return SystemView(cadastre::authz::ViewContext{}, std::move(published), SystemReason::kLoadRegistry, nullptr);
}
#endif

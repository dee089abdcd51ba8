#include "base/canonical_name.h"

#include <optional>
#include <utility>

#include "base/name_rules.h"

namespace cadastre::base {

CanonicalName::CanonicalName(AssetName stated) : name_(std::move(stated)) {
  // Until nothing is left to fold: each rule shortens the name or has a `*` stand where it will not look again.
  while (std::optional<Fold> fold = FoldName(name_)) name_ = std::move(fold->name);
}

}  // namespace cadastre::base

#include "lineage/edge.h"

namespace cadastre::lineage {

std::string_view EdgeKindWord(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::kConsumes: return "consumes";
    case EdgeKind::kProduces: return "produces";
    case EdgeKind::kDerives: return "derives";
    case EdgeKind::kTriggers: return "triggers";
  }
  return "";
}

}  // namespace cadastre::lineage

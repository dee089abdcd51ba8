#include "authz/policy/member_index.h"

namespace cadastre::authz {

void MemberIndex::Move(AssetId id, const AssetLabels& before, const AssetLabels& after) {
  if (before.container == after.container && before.domain == after.domain) return;
  for (const AssetId above : {before.container, before.domain}) {
    if (!above.valid() || above == after.container || above == after.domain) continue;
    auto members = members_.find(above);
    if (members == members_.end()) continue;
    members->second.erase(id);
    if (members->second.empty()) members_.erase(members);
  }
  for (const AssetId above : {after.container, after.domain}) {
    if (above.valid()) members_[above].insert(id);
  }
}

std::optional<std::vector<AssetId>> MemberIndex::Descendants(AssetId id, size_t max) const {
  std::vector<AssetId> found;
  absl::flat_hash_set<AssetId> seen{id};
  std::vector<AssetId> open{id};
  while (!open.empty()) {
    auto members = members_.find(open.back());
    open.pop_back();
    if (members == members_.end()) continue;
    for (const AssetId member : members->second) {
      if (!seen.insert(member).second) continue;
      if (found.size() == max) return std::nullopt;
      found.push_back(member);
      open.push_back(member);
    }
  }
  return found;
}

}  // namespace cadastre::authz

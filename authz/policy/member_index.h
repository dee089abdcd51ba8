// Which assets lie directly in a container or a domain, the other way round than labels say it.
//
// A container that moves changes what scopes cover for everything below it; this
// index finds those assets. Owned by the PublishedBuilder; thread rule: confined.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "authz/policy/labels.h"
#include "base/words.h"

namespace cadastre::authz {

class MemberIndex {
 public:
  // The asset's labels went from `before` to `after`.
  void Move(AssetId id, const AssetLabels& before, const AssetLabels& after);
  // All assets below `id`, at any depth, each once; nullopt where they are more than `max`.
  std::optional<std::vector<AssetId>> Descendants(AssetId id, size_t max) const;

 private:
  absl::flat_hash_map<AssetId, absl::flat_hash_set<AssetId>> members_;
};

}  // namespace cadastre::authz

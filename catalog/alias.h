// Aliases: two names of one thing, stated by producers, merged only for claimants
// who may push on both, and taken back without loss. Thread rule: confined.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "authz/view.h"
#include "authz/write_session.h"
#include "base/words.h"
#include "catalog/producer.h"

namespace cadastre::catalog {

enum class AliasStanding : uint32_t { kMerged = 1, kClaimed = 2, kTakenBack = 3 };

struct AliasState {
  AssetId asset;
  AssetName name;
  AliasStanding standing = AliasStanding::kClaimed;
  std::string type;
};

// States that `from` and `to` are one thing (or takes the statement back). Merged
// where the session may push on both, else a claim. True if it was merged.
// Errors: INVALID_ARGUMENT for equal ends; those of WriteSession.
StatusOr<bool> RecordAlias(authz::WriteSession& session, const Producer& producer, AssetId from, AssetId to,
                           std::string_view type, bool take_back);

// All visible aliases of an asset, one entry a name, at the view's point.
StatusOr<std::vector<AliasState>> ScanAliases(authz::GovernedView& view, AssetId id);

inline constexpr size_t kAliasMembersMax = 64;
struct MergedNames {
  // The asset and every visible name merged with it, directly or through others; at most kAliasMembersMax.
  std::vector<AssetId> members;
  // The asset's own, as ScanAliases has them.
  std::vector<AliasState> aliases;
};
StatusOr<MergedNames> FindMergedNames(authz::GovernedView& view, AssetId id);

// The visible names merged with it directly: what a walk steps over as a hop of length 0.
StatusOr<std::vector<AssetId>> MergedNeighbours(authz::GovernedView& view, AssetId id);

}  // namespace cadastre::catalog

// Aliases: two names of one thing, stated by producers, merged only for claimants
// who may push on both and who see both or nothing of either, and taken back without loss. Thread rule: confined.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "authz/view/view.h"
#include "authz/write/write_session.h"
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

// Names merged with one another, directly or through others, are at most so many; what would join more is a claim.
inline constexpr size_t kAliasMembersMax = 64;

// States that the permit's asset and `to` are one thing; of type RENAME, the permit's is the newer name. Merged where
// the session may push on both, and browses both or none of all names that would be one, else a claim. True if it was
// merged, which is no answer to a caller: it may hang on hidden names. What then stands of all statements about the two
// is written into both headers, where policy, pages, walks and search read it. Errors: INVALID_ARGUMENT for equal ends,
// ends of two kinds, containers and domains (which policy looks up by the assets that lie in them: move those instead);
// those of WriteSession.
StatusOr<bool> RecordAlias(authz::WriteSession& session, authz::Permit<authz::Privilege::kPush> permit,
                           const Producer& producer, AssetId to, std::string_view type);
// Takes it back, unless that would open to the viewer what is closed to him (authz/write/label_rules.h): then
// PERMISSION_DENIED where he sees both names, and nothing else. A person who may push on both, or edit_technical on
// both, parts the two names whoever merged them, as far as his rank reaches; from anybody else, and from a source, it
// is the producer's own statement that goes, and no other loses by it.
StatusOr<bool> TakeBackAlias(authz::WriteSession& session, authz::Permit<authz::Privilege::kPush> permit,
                             const Producer& producer, AssetId to, std::string_view type);
Status TakeBackAlias(authz::WriteSession& session, authz::Permit<authz::Privilege::kEditTechnical> from,
                     authz::Permit<authz::Privilege::kEditTechnical> to, const Producer& producer,
                     std::string_view type);

// The names that this producer says the asset has been renamed to, and has not taken back.
StatusOr<std::vector<AssetId>> FindNewerNames(authz::WriteSession& session, const Producer& producer, AssetId asset);

// All visible aliases of an asset, one entry a name, at the view's point.
StatusOr<std::vector<AliasState>> ScanAliases(authz::GovernedView& view, AssetId id);

}  // namespace cadastre::catalog

// Who may set a label that policy reads, or part names that it reads as one: one rule for all of them.
//
// Functions over a session. Thread rule: confined, as the session is. See docs/decisions/026-*.md.
// A label may be set by who holds the label's own privilege (or manage_grants) on the asset, and, where it lays the
// asset somewhere, on the place it goes to and on the one it leaves; and nobody sets one that opens to himself what
// was closed, under the asset's own name or under any that is merged with it. What was asked about is under a
// precondition from then on, with all names merged with it.
// Errors: those of the session's reads.
#pragma once

#include <map>

#include "authz/policy/privilege.h"
#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/record/registry.pb.h"

namespace cadastre::authz {

// By the labels the session gives the asset.
StatusOr<bool> MaySetLabel(WriteSession& session, Privilege privilege, AssetId asset);
// What MaySetLabel and WouldWiden would say of the name if nothing were known of it but the labels this request gave
// it: all that may be told of a hidden one.
bool MaySetLabelOfNew(const WriteSession& session, Privilege privilege, const AssetName& name,
                      const record::Labels& labels);
bool WouldWidenNew(const WriteSession& session, const AssetName& name, const record::Labels& before,
                   const record::Labels& after);
// Into or out of a container or domain. A place that is hidden, or that this session makes, only by who holds the
// privilege on everything, so that the two are alike.
StatusOr<bool> MayPlace(WriteSession& session, Privilege privilege, AssetId place);
bool MayPlaceAnywhere(const WriteSession& session, Privilege privilege);
// Would the viewer have more, of the asset or of what is merged with it, than by what is published, if the labels of
// some of those names were these, and all else as this session leaves it?
StatusOr<bool> WouldWiden(WriteSession& session, AssetId asset, const std::map<AssetId, record::Labels>& after);
// Would the viewer have more if the two names, which are merged, were parted?
StatusOr<bool> WouldWidenByParting(WriteSession& session, AssetId from, AssetId to);

}  // namespace cadastre::authz

// Which parts of an aspect of an asset speak of single columns, and their removal where the viewer may not see them.
// Thread rule: compatible.
#pragma once

#include "authz/view/view.h"
#include "base/words.h"
#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::catalog {

// Removes what `aspect` says of columns that `sight` does not show, and values of the data without read_samples; the
// shown columns are noted by `sight`. `column`: the one it is stated of; 0 for the asset.
void MaskAspect(AssetId asset, ColumnId column, v1::Aspect& aspect, authz::ColumnSight& sight);
// True where the viewer may see less of an aspect of this kind than was stated.
bool MayMask(AssetId asset, uint32_t number, const authz::GovernedView& view);
// Notes what a masked aspect names: columns of the asset and other assets.
void NoteAspect(AssetId asset, const v1::Aspect& aspect, authz::GovernedView& view);

}  // namespace cadastre::catalog

// What an aspect or a facet says of assets that its viewer does not see, and its removal: refs, and JSON and texts of
// JSON that name an asset.
//
// Owner: none, functions; thread rule: compatible.
// A name is resolved as any other is, so that a hidden asset, one that does not exist and another's spelling of it look
// the same: what names it is left out. An entry of a list goes as a whole, and with a job the run that is named beside
// it. What is no JSON opens to who browses everything alone, and so does JSON that names what is no asset at all.
// What stays is noted as shown.
#pragma once

#include <cstdint>

#include "authz/view/view.h"
#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::authz {

// Removes it. Where nothing is left of what was said, the aspect keeps its kind alone, and of a facet its name; false
// then. `notes`: false where what names the assets that are seen is not shown either.
bool MaskReferences(catalog::v1::Aspect& aspect, ColumnSight& sight, bool notes = true);
// Notes the assets that an aspect names which was masked when it was read.
void NoteReferences(const catalog::v1::Aspect& shown, GovernedView& view);
// True for kinds (fields of Aspect.value) that may name assets.
bool NamesAssets(uint32_t number);

}  // namespace cadastre::authz

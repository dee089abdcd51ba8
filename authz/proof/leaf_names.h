// What a leaf binds of the names of the assets it shows: leaves carry internal ids, so without this whoever has the
// disk could give them other names.
//
// Functions. Thread rule: safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/asset_name.h"

namespace cadastre::proof {

// SHA-256 (32 bytes) over the text form of each name (base/asset_name.h), in the order of the leaf's `shown`, each
// ended by one `\0`; a name that was never there or is erased leaves its `\0` alone. Empty for no names.
std::string NamesHash(const std::vector<std::optional<base::AssetName>>& names);

}  // namespace cadastre::proof

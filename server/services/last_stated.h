// What of the statements of one event its later ones take the place of.
//
// An event that names a dataset twice, as an input and as an output, states its facets twice at one time. Of equal
// times a hash decides, and in that counts what a viewer may not see: of one event the last stands, as it does of a
// run's facets. Function of its arguments; thread rule: compatible. Deliberately does not: decide between statements of
// two events (catalog/upsert.h).
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "cadastre/catalog/v1/aspects.pb.h"
#include "ingestors/openlineage/mapped_event.h"

namespace cadastre::server {

// By place: what is left of a statement to be stated, nullopt for nothing. Of those not listed all is. A statement that
// cannot be kept takes no other's place, and of a kind that is kept entry by entry each entry is by itself.
std::map<size_t, std::optional<catalog::v1::Aspect>> OverruledIn(const std::vector<openlineage::MappedAspect>& aspects);

}  // namespace cadastre::server

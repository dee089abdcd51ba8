// The one table over kinds of aspects: name, family, who may read and write it, how producers merge.
//
// Numbers are the fields of catalog.v1.Aspect.value; each unknown facet has a
// number of its own, kFacetBase plus its interned name, and so has each entry of
// a kind that is kept entry by entry, from kEntryBase on. Thread rule: compatible.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "authz/policy/privilege.h"
#include "base/words.h"
#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::catalog {

using catalog::v1::Aspect;

inline constexpr uint32_t kFacetNumber = 120;
inline constexpr uint32_t kFacetBase = 1000;
// The letter under which names of facets are interned.
inline constexpr char kFacetSpace = 'f';
inline constexpr uint32_t kEntryBase = 0x8000'0000;

enum class Family : uint8_t { kTechnical = 1, kBusiness = 2, kOperational = 3, kFacet = 4 };

// How the statements of several producers become one value.
enum class Merge : uint8_t {
  kScalar,  // the highest rank, then the latest held-at, then the larger content hash
  kUnion,   // assertions of all; a denial of a higher rank removes
  kEach,    // each entry is a statement of its own, and of each the one that stands as a scalar
};

struct AspectKind {
  uint32_t number;
  std::string_view name;  // as the field in Aspect.value
  Family family;
  Merge merge;
  authz::Privilege read;
  authz::Privilege write;  // beside `push`, which may write technical and operational kinds
  bool label;              // policy reads it: other producers' statements are claims
  bool text;               // search indexes its words
  bool run_only;           // stands on runs, never on assets
  bool faceted = false;    // search counts or orders by its value
  bool judged = false;     // a verdict on the asset: of who lacks `write` a claim, though policy does not read it

  // Whether a statement of it by who may not set it is a claim.
  constexpr bool claimable() const { return label || judged; }
};

// Null for numbers without an entry; facets share the entry kFacetNumber.
const AspectKind* FindAspectKind(uint32_t number);
std::span<const AspectKind> AspectKinds();

// What readers see as one value bears one number: that of their kind for entries, else the same.
inline uint32_t ValueNumber(uint32_t number) {
  return number >= kEntryBase ? static_cast<uint32_t>(Aspect::kQualityResults) : number;
}

// By what values are put in order and found again. Facets go by name: their numbers tell in which order this server
// first met them, on assets hidden or not. The name must outlive it.
using AspectPlace = std::pair<uint32_t, std::string_view>;
inline AspectPlace AspectPlaceOf(uint32_t number, std::string_view facet) {
  return {std::min(number, kFacetBase), facet};
}

// The kind of a value; 0 where the oneof is not set.
inline uint32_t NumberOf(const Aspect& aspect) { return static_cast<uint32_t>(aspect.value_case()); }

// Bounds and shapes of a value; INVALID_ARGUMENT that names the field.
Status CheckAspect(const Aspect& aspect);

}  // namespace cadastre::catalog

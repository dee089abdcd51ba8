// The lists inside the aspects that are assertions, and what tells two entries of one apart. Thread rule: compatible.
#pragma once

#include <string>

#include "cadastre/catalog/v1/aspects.pb.h"
#include "catalog/merge.h"

namespace cadastre::catalog {

// The list an aspect of assertions carries, by kind.
inline auto* ListOf(v1::Ownership* value) { return value->mutable_owners(); }
inline auto* ListOf(v1::Tags* value) { return value->mutable_tags(); }
inline auto* ListOf(v1::GlossaryTerms* value) { return value->mutable_terms(); }
inline auto* ListOf(v1::Classifications* value) { return value->mutable_classifications(); }

// One entry without its assertion: what two producers must agree on to speak of the same thing.
template <typename Entry>
std::string EntryKey(Entry entry) {
  entry.clear_denied();
  if constexpr (requires { entry.clear_source(); }) entry.clear_source();
  return CanonicalBytes(entry);
}

}  // namespace cadastre::catalog

// Owners, tags, terms and classifications as lists of assertions: adding entries to one and taking entries from it.
//
// Pure; thread rule: compatible. An entry is told by what it says, without `denied` and without where it came from.
// Deliberately does not: bound the lists (CheckAspect does), merge those of several producers (merge.h).
#pragma once

#include <string>

#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::catalog {

// Kinds that are lists of assertions.
bool IsAssertions(const v1::Aspect& aspect);

// How many entries it has; 0 for other kinds.
int AssertionCount(const v1::Aspect& aspect);

// Puts the entries of `added` into `to`, each in place of what `to` said of the same; both of one kind, or `to` empty.
void AddAssertions(const v1::Aspect& added, v1::Aspect& to);

// Takes out of `from` what an entry of `removed` means, asserted or denied. Of a tag to remove an empty value means
// any, of an owner an empty type. What asserted something and was taken goes into `taken`.
void RemoveAssertions(const v1::Aspect& removed, v1::Aspect& from, v1::Aspect& taken);

// Every entry denied.
void DenyAll(v1::Aspect& aspect);

}  // namespace cadastre::catalog

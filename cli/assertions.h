// Tags, owners and classifications as lists of assertions that words are added to and taken from.
//
// A fact is stored per producer and a statement replaces the one before, so an edit starts from what the caller stated
// last and changes one word of it.
//
// Thread rule: safe. Deliberately does not: ask the server (the commands do).
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::cli {

enum class AssertionKind { kTags, kOwnership, kClassifications };

// The field of Aspect.value: `tags`, `ownership`, `classifications`.
std::string KindWord(AssertionKind kind);

// Asserts (or denies) `word` in `aspect`, replacing what it said of it: `key` or `key=value` for a tag, a principal id
// for an owner (of `owner_type`), a name for a class.
void Assert(AssertionKind kind, const std::string& word, const std::string& owner_type, bool denied,
            catalog::v1::Aspect& aspect);
// Says nothing of the word any more.
void Forget(AssertionKind kind, const std::string& word, catalog::v1::Aspect& aspect);
// What it asserts that the word names, in full: `gold` names a tag `gold=true`.
std::vector<std::string> Asserted(AssertionKind kind, const std::string& word, const catalog::v1::Aspect& aspect);
bool IsEmpty(AssertionKind kind, const catalog::v1::Aspect& aspect);

}  // namespace cadastre::cli

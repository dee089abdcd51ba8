// Tags, owners, terms and classifications from words, as entries that the server adds to or takes from what is stated.
//
// Thread rule: safe. Errors: INVALID_ARGUMENT (a term that is no asset). Deliberately does not: read what is stated
// already: the server changes it under its own eyes, so that those who write at once lose nothing.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::cli {

enum class AssertionKind { kTags, kOwnership, kGlossaryTerms, kClassifications };

// Puts `word` into `aspect`: `key` or `key=value` for a tag, a principal id or a name for an owner (of `owner_type`,
// may be empty), an asset's name for a term, a name for a class.
absl::Status AddWord(AssertionKind kind, const std::string& word, const std::string& owner_type,
                     catalog::v1::Aspect& aspect);

}  // namespace cadastre::cli

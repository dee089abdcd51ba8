// Enums of the contract in plain words: `"kind": "person"` for `"kind": "PRINCIPAL_KIND_PERSON"`.
//
// Thread rule: safe.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace cadastre::cli {

// `json` of a message of this type with the contract's names for plain words; unchanged where it has none, or is no
// JSON object (whoever reads it says what is wrong). Bound: 64 levels; deeper ones stay as they are.
std::string WithEnumNames(const google::protobuf::Descriptor& type, const std::string& json);

}  // namespace cadastre::cli

// An aspect in one line of text, for tables.
//
// Thread rule: safe.
#pragma once

#include <string>

#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::cli {

// The field of Aspect.value that is set: `documentation`, `glossary_terms`; empty for none.
std::string AspectKind(const catalog::v1::Aspect& aspect);

// What it says: the words people read where a kind has them, compact JSON for the rest.
std::string AspectText(const catalog::v1::Aspect& aspect);

// A message as JSON on one line.
std::string CompactJson(const google::protobuf::Message& message);

}  // namespace cadastre::cli

// What tells one state of an object from another.
//
// Thread rule: safe.
// Deliberately does not: resist who wants two states to look alike; they may state what they like anyway.
#pragma once

#include <string>

#include "cadastre/ingest/v1/ingest.pb.h"

namespace cadastre::ingest {

// 16 bytes (XXH3) over the object without its `digest` and `renamed_from`. Of statistics (Volume, Profile) only the
// binary magnitude of rows and bytes counts: an estimate that moves a little resends nothing, one that doubles does.
std::string DigestOf(const ingest::v1::CrawledObject& object);

// The bytes of a message, the same for equal messages: maps in order of their keys.
std::string StableBytes(const google::protobuf::Message& message);

}  // namespace cadastre::ingest

// The check every door makes on a parsed request: no U+0000 in any text, bounded sizes. Thread rule: compatible.
#pragma once

#include "base/words.h"
#include "google/protobuf/message.h"

namespace cadastre::server {

// INVALID_ARGUMENT that names the field whose text holds U+0000 or is not UTF-8.
Status CheckText(const google::protobuf::Message& request);

}  // namespace cadastre::server

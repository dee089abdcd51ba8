// What a write's request names, in words, for the record of a refusal: a write that is refused wrote nothing that its
// record could name. Thread rule: safe.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace cadastre::server {

// `grant readers-hr, dataset:hive#hr.staff`: assets, and whatever else goes by an id, in the order of the request's
// fields; at most 1 KiB, of which the first names stay.
std::string AskedTargets(const google::protobuf::Message& request);

}  // namespace cadastre::server

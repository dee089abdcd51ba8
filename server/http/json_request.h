// A request's message from JSON, with errors that a person can use: one line that names the field and what was
// expected.
//
// Thread rule: safe. Errors: INVALID_ARGUMENT. Bounds: at most 100 levels (protobuf's own limit), the body's size is
// the door's. Deliberately does not: repeat values of the body in an error.
#pragma once

#include <string>
#include <string_view>

#include "base/words.h"
#include "google/protobuf/message.h"

namespace cadastre::server {

// Unknown fields are errors; an empty body is the empty message.
Status ParseJsonRequest(const std::string& body, google::protobuf::Message& request);

// What protobuf's parser says, as InvalidField: exposed for tests.
Status NamedField(std::string_view complaint);

}  // namespace cadastre::server

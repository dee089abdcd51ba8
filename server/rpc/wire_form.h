// Whether a message can be written in every form the doors speak, JSON among them; checked when it comes in, mended
// when it goes out.
//
// Thread rule: safe. By the messages' descriptors, so that a new field needs nothing here.
// Errors: INVALID_ARGUMENT naming the field's path: text that is no UTF-8 or holds U+0000, a time outside the years 1
// to 9999 or with a fraction below 0 or of a second and more, a duration of more than some 10,000 years or whose parts
// have two signs, a number of an enum that names no value, a Value that says nothing or is no number JSON has. Bounds:
// 64 levels of messages.
#pragma once

#include <google/protobuf/message.h>

#include "base/words.h"

namespace cadastre::server {

Status CheckWireForm(const google::protobuf::Message& request);

// Brings what was stored before it was checked into the nearest value that has a wire form. Text is left as it is.
void MendWireForm(google::protobuf::Message& stored);

}  // namespace cadastre::server

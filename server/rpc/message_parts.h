// How many values a message is made of, told from its bytes before they are read into one.
//
// A part of two bytes, an empty message of a list, is some hundred bytes once it is read, copied and looked at: what is
// bounded by bytes alone grows a hundredfold. Pure; thread rule: compatible. Counting stops at kPartsMax.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include <cstddef>
#include <functional>
#include <string_view>

#include "base/words.h"

namespace cadastre::server {

// A schema of 10,000 columns has some 30,000; a request of 1,000 assets rarely ten times that.
inline constexpr size_t kPartsMax = 500'000;
// What one takes while the request is worked on, nearly.
inline constexpr size_t kPartBytes = 256;

// Messages, texts of lists and entries of maps. Fields the type does not know count too, or that came in another wire
// type than it has, and all that stands in a group; of packed numbers so many as take the room of one. What does not
// parse counts as far as it does.
size_t CountParts(google::protobuf::io::ZeroCopyInputStream& bytes, const google::protobuf::Descriptor& type);
// Objects, lists, and what commas divide, outside of texts.
size_t CountJsonParts(std::string_view json);

// INVALID_ARGUMENT where they are too many; what `hold` says, if any, which is asked for room for them.
Status HoldParts(size_t parts, const std::function<Status(size_t bytes)>& hold);

}  // namespace cadastre::server

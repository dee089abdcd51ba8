// What a refusal says to clients' libraries beside its code and text: BadRequest with the field, RetryInfo where to
// repeat the call helps. Thread rule: compatible.
#pragma once

#include "base/words.h"
#include "google/rpc/status.pb.h"

namespace cadastre::server {

// Of what a client may read (PublicStatus); without details where there is nothing more to say.
google::rpc::Status RichStatusOf(const Status& shown);

}  // namespace cadastre::server

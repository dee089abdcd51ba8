// The one place that turns a status of the house into what a client may read.
//
// Codes of absl::Status are those of gRPC; HTTP and Connect codes follow the
// Connect protocol (https://connectrpc.com/docs/protocol#error-codes). Texts of
// internal errors stay in the log: a client gets the request id to ask with.
// Thread rule: compatible.
#pragma once

#include <string>
#include <string_view>

#include "base/words.h"

namespace cadastre::server {

int HttpStatusOf(absl::StatusCode code);
// `not_found`, `invalid_argument`, …
std::string_view ConnectCodeOf(absl::StatusCode code);
// Without engine text: INTERNAL, DATA_LOSS and UNKNOWN read "internal error, request <id>".
Status PublicStatus(const Status& status, std::string_view request_id);
// Seconds a client should wait before it repeats the call; 0 where repeating changes nothing.
int RetryAfterSeconds(absl::StatusCode code);

}  // namespace cadastre::server

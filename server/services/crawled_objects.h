// What a crawl states of a source's objects, as the event that says so and what is remembered of each.
//
// Functions over one write session; thread rule: confined. An object that cannot be kept is refused by itself: what it
// says is checked before anything is stated, so that it takes nothing with it.
// Errors: those of ApplyEvent and WriteSession; refusals of objects are part of the answer.
#pragma once

#include <optional>

#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/ingest/v1/ingest.pb.h"

namespace cadastre::server {

// `source`: the asset that CheckCrawl gave, or what there is of it where the request only checks.
StatusOr<ingest::v1::RecordCrawledObjectsResponse> RecordObjects(authz::WriteSession& session,
                                                                 const ingest::v1::RecordCrawledObjectsRequest& request,
                                                                 std::optional<AssetId> source);

}  // namespace cadastre::server

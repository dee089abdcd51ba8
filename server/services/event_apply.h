// One mapped OpenLineage event into one write session: names, aspects, aliases, run and edges.
//
// Pure but for the session; thread rule: confined. What lies outside the sender's
// push scope is not applied and counted; the edge and the run's own statistics are
// always kept, so that a pipeline may say what it read.
// Errors: INVALID_ARGUMENT that names the field, PERMISSION_DENIED where the
// event's own subject (its job, or the dataset of a dataset event) may not be pushed.
#pragma once

#include <cstdint>
#include <vector>

#include "authz/write/write_session.h"
#include "base/words.h"
#include "catalog/producer.h"
#include "ingestors/openlineage/mapped_event.h"

namespace cadastre::server {

struct Applied {
  int64_t out_of_scope = 0;
  // Aspects that cannot be kept, with the asset they speak of; at most 100.
  std::vector<openlineage::Warning> left_out;
};

// `rank`: that of the door the event came by.
StatusOr<Applied> ApplyEvent(authz::WriteSession& session, const openlineage::MappedEvent& event,
                             catalog::Rank rank = catalog::Rank::kDeclared);

}  // namespace cadastre::server

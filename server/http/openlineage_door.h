// POST /api/v1/lineage and /api/v1/lineage/batch: the OpenLineage HTTP transport.
//
// Answers are those OpenLineage's own clients need: 201 with a JSON body after the
// events are durable, 503 or 429 with Retry-After under overload, 4xx only for
// what can never be used, no redirects. An array is taken event by event. Bodies
// are unpacked and split on the executor, after the sender is known.
// Thread rule: safe.
#pragma once

#include "authz/front/front.h"
#include "ingestors/openlineage/limits.h"
#include "server/http/message.h"
#include "server/services/ingest_service.h"

namespace cadastre::server {

class OpenLineageDoor {
 public:
  OpenLineageDoor(IngestService* service, authz::Front* front, openlineage::Limits limits)
      : service_(service), front_(front), limits_(limits) {}

  // The operation the path names, with and without a trailing slash; null if none.
  static const authz::Operation* Find(const HttpRequest& request);
  void Handle(HttpRequest request, HttpReply reply) const;

 private:
  void Take(authz::Call call, HttpRequest& request, HttpReply reply) const;

  IngestService* service_;
  authz::Front* front_;
  openlineage::Limits limits_;
};

}  // namespace cadastre::server

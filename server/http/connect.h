// The Connect protocol, unary: POST /<package.Service>/<Method> with JSON or binary protobuf.
//
// https://connectrpc.com/docs/protocol#unary-request. Thread rule: safe.
// Errors come as Connect's JSON with the HTTP status of their code. Streaming
// RPCs are not offered here (IngestService.Push: use gRPC or POST /api/v1/lineage).
#pragma once

#include "server/http/message.h"
#include "server/rpc/method_table.h"

namespace cadastre::server {

class ConnectDoor {
 public:
  explicit ConnectDoor(const MethodTable* methods) : methods_(methods) {}

  // True where the path names a method of the table.
  bool Serves(const HttpRequest& request) const;
  void Handle(HttpRequest request, HttpReply reply) const;

 private:
  const MethodTable* methods_;
};

// The token of `Authorization: Bearer …`; empty if none.
std::string BearerOf(const HttpRequest& request);
// An error as every HTTP door words it: {"code","message","field"}, Retry-After where repeating helps.
HttpResponse ErrorResponse(const Status& status, std::string_view request_id);
std::string JsonString(std::string_view text);

}  // namespace cadastre::server

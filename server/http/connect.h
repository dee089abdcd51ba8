// The Connect protocol, unary: POST /<package.Service>/<Method> with JSON or binary protobuf.
//
// https://connectrpc.com/docs/protocol#unary-request. Thread rule: safe.
// Errors come as Connect's JSON with the HTTP status of their code. Streaming
// RPCs are not offered here (IngestService.Push: use gRPC or POST /api/v1/lineage).
// Who sends comes first: whatever is wrong with a request, without a valid token
// it is answered as unauthenticated. Bodies are unpacked and parsed on the executor.
#pragma once

#include "authz/front/front.h"
#include "server/http/message.h"
#include "server/rpc/method_table.h"

namespace cadastre::server {

class ConnectDoor {
 public:
  ConnectDoor(const MethodTable* methods, authz::Front* front) : methods_(methods), front_(front) {}

  // The method of the table that the path names; null if none.
  const authz::Operation* Find(const HttpRequest& request) const;
  void Handle(HttpRequest request, HttpReply reply) const;

 private:
  void Serve(const Method& method, authz::Call call, HttpRequest& request, HttpReply reply) const;

  const MethodTable* methods_;
  authz::Front* front_;
};

// The call of a request to an HTTP door; no deadline.
authz::Call CallOf(const HttpRequest& request, const authz::Operation* operation);

// The token of `Authorization: Bearer …`; empty if none.
std::string BearerOf(const HttpRequest& request);
// An error as every HTTP door words it: {"code","message","field","details"}, Retry-After where repeating helps.
// Details are Connect's: google.rpc.BadRequest and RetryInfo.
HttpResponse ErrorResponse(const Status& status, std::string_view request_id);

// A request that no service function gets to see: the status of the house, and what HTTP says beside it.
struct Misfit {
  Status status;
  // Instead of the status' own; 0 for that.
  int http_status = 0;
  HttpHeaders headers;
};
// 405 with Allow.
Misfit WrongMethod(std::string_view allowed);
// 415 with Accept-Post.
Misfit WrongMedia(std::string_view accepted);
// ErrorResponse(answer) which, where the answer is the misfit's own, says what HTTP says of it.
HttpResponse ErrorResponse(const Status& answer, const Misfit& misfit, std::string_view request_id);
// The body without its Content-Encoding: gzip or identity. 413 past `bytes_max`.
StatusOr<std::string> BodyOf(HttpRequest& request, size_t bytes_max, Misfit& misfit);
std::string JsonString(std::string_view text);

}  // namespace cadastre::server

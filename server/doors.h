// Doors: the gRPC and HTTP servers over the rooms, opened together, and DIR/addresses.json that says where.
//
// Made by main after Rooms::Start; thread rule: safe. Errors of Open: UNAVAILABLE
// (an address is taken), INVALID_ARGUMENT (certificates), NOT_FOUND (an RPC
// without an entry in the privilege table: such a door does not start).
#pragma once

#include <memory>
#include <string>

#include "base/words.h"
#include "server/config.h"
#include "server/rooms.h"

namespace cadastre::server {

class Doors {
 public:
  static StatusOr<std::unique_ptr<Doors>> Open(Rooms& rooms, const Config& config);
  virtual ~Doors() = default;

  // `http://127.0.0.1:8080` and `127.0.0.1:8081`.
  virtual std::string http_url() const = 0;
  virtual std::string grpc_address() const = 0;
  // Lets answers under way go out for at most `grace_seconds`.
  virtual void Stop(int grace_seconds) = 0;
};

}  // namespace cadastre::server

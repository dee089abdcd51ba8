// Doors: the gRPC and HTTP servers over the rooms, opened together, and DIR/addresses.json that says where.
//
// Made by main after Rooms::Start; thread rule: safe. Errors of Open: UNAVAILABLE
// (an address is taken), INVALID_ARGUMENT (certificates), FAILED_PRECONDITION (a
// stream of the contract that has no reactor).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/words.h"
#include "server/config.h"
#include "server/rooms.h"

namespace cadastre::server {

class Doors {
 public:
  // `measures`: what the engine counts of itself, for /metrics; the engine outlives the doors.
  static StatusOr<std::unique_ptr<Doors>> Open(Rooms& rooms, const Config& config,
                                               std::vector<base::Measure> measures = {});
  virtual ~Doors() = default;

  // Tells gRPC's health what /readyz tells; called about ten times a second.
  virtual void TellHealth() = 0;
  // `http://127.0.0.1:8080` and `127.0.0.1:8081`.
  virtual std::string http_url() const = 0;
  virtual std::string grpc_address() const = 0;
  // Health and /readyz say so first; answers under way go out for at most `grace_seconds`, and streams do not hold it.
  virtual void Stop(int grace_seconds) = 0;
};

}  // namespace cadastre::server

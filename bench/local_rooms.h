// LocalRooms: the rooms of a server in this process, over a folder no server has open: for counting keys and for walks
// without a door.
//
// Made by a bench; thread rule: confined (what it hands out keeps its own). Errors of Open: those of the engine and
// Rooms.
#pragma once

#include <memory>
#include <string>

#include "base/words.h"
#include "bench/counting_engine.h"
#include "server/rooms.h"
#include "storage/rocksdb_engine.h"

namespace cadastre::bench {

// A million assets are indexed in less on two busy cores.
inline constexpr double kIndexReadySeconds = 600;

class LocalRooms {
 public:
  static StatusOr<std::unique_ptr<LocalRooms>> Open(const std::string& folder);
  ~LocalRooms() {
    if (rooms_) rooms_->Stop();
  }

  server::Rooms& rooms() { return *rooms_; }
  CountingEngine& engine() { return *counting_; }
  const std::string& admin_token() const { return admin_token_; }
  // A call as a door would make it.
  authz::Call CallOf(std::string_view operation, const std::string& bearer) const;

 private:
  base::SystemClock clock_;
  std::unique_ptr<storage::RocksDbEngine> engine_;
  std::unique_ptr<CountingEngine> counting_;
  std::unique_ptr<server::Rooms> rooms_;
  std::string admin_token_;
};

}  // namespace cadastre::bench

// KnownPeers: on which connections somebody calls whom the server knows.
//
// gRPC reads headers, and keeps what it could not finish reading, before anybody can ask who sends; the listener ends
// connections that send much of that while nobody known calls there, and this is how it hears of those. Thread rule:
// safe. Bounds: one entry a connection.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"

namespace cadastre::server {

class KnownPeers {
 public:
  // While one lives, a call of somebody who was let in is under way. Moves; empty when made.
  class Call {
   public:
    Call() = default;
    Call(Call&& other) noexcept : table_(std::exchange(other.table_, nullptr)), peer_(std::move(other.peer_)) {}
    Call& operator=(Call&& other) noexcept {
      std::swap(table_, other.table_);
      std::swap(peer_, other.peer_);
      return *this;
    }
    ~Call() {
      if (table_ != nullptr) table_->Leave(peer_);
    }

   private:
    friend class KnownPeers;
    Call(KnownPeers* table, std::string peer) : table_(table), peer_(std::move(peer)) {}
    KnownPeers* table_ = nullptr;
    std::string peer_;
  };

  // `peer`: address and port, as ConnectionOf tells them. The table outlives what it returns.
  Call Enter(std::string peer) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    Calls& calls = peers_[peer];
    ++calls.under_way;
    calls.since_looked = true;
    calls.gone = false;
    return Call(this, std::move(peer));
  }
  // Whether one is or was under way there since the last look.
  bool Look(const std::string& peer) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto found = peers_.find(peer);
    if (found == peers_.end()) return false;
    const bool called = std::exchange(found->second.since_looked, false) || found->second.under_way > 0;
    if (found->second.under_way == 0) peers_.erase(found);
    return called;
  }
  // The connection is gone; nobody looks there again.
  void Forget(const std::string& peer) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto found = peers_.find(peer);
    if (found == peers_.end()) return;
    found->second.gone = true;
    if (found->second.under_way == 0) peers_.erase(found);
  }

 private:
  struct Calls {
    int under_way = 0;
    bool since_looked = false;
    bool gone = false;
  };

  void Leave(const std::string& peer) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto found = peers_.find(peer);
    if (--found->second.under_way == 0 && found->second.gone) peers_.erase(found);
  }

  base::Mutex mutex_;
  absl::flat_hash_map<std::string, Calls> peers_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::server

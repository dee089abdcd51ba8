#include "server/grpc/known_peers.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace cadastre::server {

KnownPeers::Call& KnownPeers::Call::operator=(Call&& other) noexcept {
  if (this == &other) return *this;
  End();
  table_ = std::exchange(other.table_, nullptr);
  one_ = std::move(other.one_);
  return *this;
}

void KnownPeers::Call::Strike() {
  if (one_ != nullptr) table_->Strike(one_->sender);
}

void KnownPeers::Call::BeginRead() {
  if (one_ != nullptr) table_->BeginRead(*one_);
}

void KnownPeers::Call::EndRead(size_t bytes) {
  if (one_ != nullptr) table_->EndRead(*one_, bytes);
}

void KnownPeers::Call::End() {
  if (one_ == nullptr) return;
  const std::shared_ptr<UnderWay> one = std::move(one_);
  table_->Leave(*one);
  base::MutexLock lock(one->mutex);
  one->refuse = nullptr;
}

bool KnownPeers::MayBegin(base::Sender sender) {
  {
    base::MutexLock lock(mutex_);
    if (IsStruck(sender)) return false;
    const auto now = Clock::now();
    const auto [found, made] = ahead_.try_emplace(sender.number());
    Ahead& ahead = found->second;
    if (made) ahead.forgotten_at = now;
    constexpr std::chrono::microseconds kEach{1'000'000 / kAheadPerSecond};
    const int64_t forgotten = (now - ahead.forgotten_at) / kEach;
    ahead.calls = std::max<int64_t>(0, ahead.calls - forgotten);
    ahead.forgotten_at += forgotten * kEach;
    if (ahead.calls < kAheadMax) {
      ++ahead.calls;
      return true;
    }
  }
  Strike(sender);
  return false;
}

void KnownPeers::LookAtCall(base::Sender sender) {
  base::MutexLock lock(mutex_);
  const auto found = ahead_.find(sender.number());
  if (found != ahead_.end() && found->second.calls > 0) --found->second.calls;
}

KnownPeers::Call KnownPeers::Enter(std::string peer, base::Sender sender, Refuse refuse) {
  auto one = std::make_shared<UnderWay>();
  {
    base::MutexLock lock(one->mutex);
    one->refuse = std::move(refuse);
  }
  base::MutexLock lock(mutex_);
  if (IsStruck(sender)) return {};
  std::shared_ptr<Peer>& found = peers_[peer];
  if (found == nullptr) {
    found = std::make_shared<Peer>();
    found->name = std::move(peer);
  }
  one->peer = found;
  one->sender = sender;
  one->place = found->calls.size();
  found->calls.push_back(one);
  found->newest = sender;
  found->since_looked = true;
  found->gone = false;
  return Call(this, std::move(one));
}

KnownPeers::Looked KnownPeers::Look(const std::string& peer, uint64_t came) {
  Looked looked;
  Status full;
  std::vector<std::shared_ptr<UnderWay>> reading;
  {
    base::MutexLock lock(mutex_);
    const auto found = peers_.find(peer);
    if (found == peers_.end()) return {};
    Peer& here = *found->second;
    looked.known = std::exchange(here.since_looked, false) || !here.calls.empty();
    looked.struck = IsStruck(here.newest);
    full = Hold(here, came);
    if (!full.ok()) {
      for (const std::shared_ptr<UnderWay>& one : here.calls) {
        if (one->reading) reading.push_back(one);
      }
    }
    if (here.calls.empty()) peers_.erase(found);
  }
  for (const std::shared_ptr<UnderWay>& one : reading) {
    {
      base::MutexLock lock(one->mutex);
      if (!one->refuse) continue;
      one->refuse(full);
    }
    Strike(one->sender);
  }
  return looked;
}

void KnownPeers::Forget(const std::string& peer) {
  base::MutexLock lock(mutex_);
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  found->second->gone = true;
  DropIfDone(*found->second);
}

bool KnownPeers::IsStruck(base::Sender sender) {
  const auto found = strikes_.find(sender.number());
  return found != strikes_.end() && Clock::now() < found->second.struck_until;
}

void KnownPeers::Strike(base::Sender sender) {
  {
    base::MutexLock lock(mutex_);
    Strikes& strikes = strikes_[sender.number()];
    const auto now = Clock::now();
    if (now > strikes.since + std::chrono::seconds(1)) {
      strikes.count = 0;
      strikes.since = now;
    }
    if (++strikes.count != kStrikesMax) return;
    strikes.struck_until = now + kStruckFor;
  }
  if (on_struck_) on_struck_();
}

void KnownPeers::BeginRead(UnderWay& one) {
  base::MutexLock lock(mutex_);
  if (std::exchange(one.reading, true)) return;
  ++one.peer->reads;
}

void KnownPeers::EndRead(UnderWay& one, size_t bytes) {
  base::MutexLock lock(mutex_);
  EndReadLocked(one, bytes);
}

void KnownPeers::EndReadLocked(UnderWay& one, size_t bytes) {
  if (!std::exchange(one.reading, false)) return;
  Peer& here = *one.peer;
  const uint64_t took = bytes + bytes / kFramingPart + kFraming;
  here.taken += took;
  // Its call holds it now.
  const size_t held = here.unfinished.held();
  (void)here.unfinished.Resize(held - std::min<size_t>(held, took));
  if (--here.reads > 0) return;
  here.rested = true;
  here.unfinished.GiveBack();
}

void KnownPeers::Leave(UnderWay& one) {
  base::MutexLock lock(mutex_);
  EndReadLocked(one, 0);
  Peer& here = *one.peer;
  // What came since the last look came while somebody known called.
  here.since_looked = true;
  here.calls.back()->place = one.place;
  std::swap(here.calls[one.place], here.calls.back());
  here.calls.pop_back();
  DropIfDone(here);
}

Status KnownPeers::Hold(Peer& peer, uint64_t came) {
  if (std::exchange(peer.rested, peer.reads == 0)) {
    peer.came_before = came;
    peer.taken = 0;
    peer.unfinished.GiveBack();
    return absl::OkStatus();
  }
  const uint64_t since = came - std::min(came, peer.came_before);
  // What was taken too much of makes no room for what comes.
  peer.taken = std::min(peer.taken, since + kAhead);
  if (budget_ == nullptr) return absl::OkStatus();
  const uint64_t unfinished = std::min(since - std::min(since, peer.taken), peer.reads * message_bytes_max_);
  if (peer.unfinished.sender().number() != peer.newest.number()) {
    peer.unfinished = budget_->Begin(Budget::Resource::kBytes, peer.newest);
  }
  return peer.unfinished.Resize(unfinished);
}

void KnownPeers::DropIfDone(const Peer& peer) {
  if (!peer.gone || !peer.calls.empty()) return;
  // Its name goes with it.
  const auto found = peers_.find(peer.name);
  if (found != peers_.end() && found->second.get() == &peer) peers_.erase(found);
}

}  // namespace cadastre::server

// KnownPeers: on which connections somebody calls whom the server knows, and what came there of messages that are not
// whole yet.
//
// gRPC reads headers, and keeps what it could not finish reading, before anybody can ask who sends; the listener ends
// connections that send much of that while nobody known calls there, and this is how it hears of those. Somebody known
// who begins calls only to have them refused or to cancel them is struck: the listener ends the connections he called
// on, and for kStruckFor he is a stranger on every other. And he may have begun only so many that gRPC has not come to
// yet: a flood of small calls is parsed faster than any of them is looked at.
//
// Of a message gRPC tells nothing before all of it is there, and lets as much of it come as its sender announced. So it
// is told by the bytes of the connection: those that came since no read was under way there, less those that reads took
// since, are of messages under way. They are held in the name of whoever called there last; where he has his share of
// memory, the reads under way on that connection are refused. Not counted are what came between such a moment and the
// next look, and what the framing of a message takes beyond kFraming.
// Thread rule: safe. Bounds: one entry a connection, one a call under way, two a principal.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "base/sender.h"
#include "base/words.h"
#include "server/rpc/budget.h"

namespace cadastre::server {

class KnownPeers {
 public:
  // Called when more is held of unfinished messages than their sender may have, while a read is under way; on any
  // thread, without a lock of this table held.
  using Refuse = std::function<void(const Status&)>;

 private:
  struct Peer;
  struct UnderWay;

 public:
  // While one lives, a call of somebody who was let in is under way. Moves; empty when made. Its own methods are called
  // by one thread at a time.
  class Call {
   public:
    Call() = default;
    Call(Call&& other) noexcept { *this = std::move(other); }
    Call& operator=(Call&& other) noexcept;
    ~Call() { End(); }

    // It was begun for nothing: its sender has all he may have already, or took it back at once.
    void Strike();
    // A read of one message begins, or is over and took a message of so many bytes (0: none came). Reads of one call
    // follow each other.
    void BeginRead();
    void EndRead(size_t bytes);
    // The call is over, and its Refuse is not being called any more. Not to be called by that.
    void End();

   private:
    friend class KnownPeers;
    Call(KnownPeers* table, std::shared_ptr<UnderWay> one) : table_(table), one_(std::move(one)) {}
    KnownPeers* table_ = nullptr;
    std::shared_ptr<UnderWay> one_;
  };

  using Clock = std::chrono::steady_clock;

  // Of one principal in a second, over all of his connections; a client whose calls run out of time stays far below.
  static constexpr uint32_t kStrikesMax = 256;
  static constexpr std::chrono::seconds kStruckFor{30};
  // Of one principal; each takes some ten kilobytes.
  static constexpr int64_t kAheadMax = 2048;
  static constexpr int64_t kAheadPerSecond = 256;
  // What comes with a message beside its bytes, at most, unless its sender cuts it into small pieces: its header, the
  // frames around it, and what its sender says of the answers he reads.
  static constexpr uint64_t kFraming = 256;
  static constexpr uint64_t kFramingPart = 512;  // and one byte in so many
  // What reads may have taken since somebody asked how much came.
  static constexpr uint64_t kAhead = uint64_t{64} << 10;

  // The budget, if any, outlives it. Of one message no more than `message_bytes_max` comes.
  explicit KnownPeers(Budget* budget = nullptr, uint64_t message_bytes_max = uint64_t{16} << 20)
      : budget_(budget), message_bytes_max_(message_bytes_max) {}

  // What is called, on any thread and without a lock held, when somebody is struck. Set before the first call.
  void set_on_struck(std::function<void()> on_struck) { on_struck_ = std::move(on_struck); }

  // A call of this sender is about to be begun, before gRPC makes anything for it. False where it is one too many: he
  // has kAheadMax that nobody has looked at yet (which counts against him as a strike), or is struck already.
  bool MayBegin(base::Sender sender) EXCLUDES(mutex_);
  // Somebody looks at one of those. Not told of those that were over before; kAheadPerSecond are forgotten.
  void LookAtCall(base::Sender sender) EXCLUDES(mutex_);
  // `peer`: address and port, as ConnectionOf tells them. The table outlives what it returns. Empty for who is struck.
  Call Enter(std::string peer, base::Sender sender, Refuse refuse = nullptr) EXCLUDES(mutex_);
  struct Looked {
    // A call is or was under way there since the last look.
    bool known = false;
    // Who called there last is struck.
    bool struck = false;
  };
  // `came`: all bytes that ever came there. Refuses the reads under way there if more of them is held than may be.
  Looked Look(const std::string& peer, uint64_t came) EXCLUDES(mutex_);
  // The connection is gone; nobody looks there again.
  void Forget(const std::string& peer) EXCLUDES(mutex_);

 private:
  // Of a connection.
  struct Peer {
    std::string name;
    std::vector<std::shared_ptr<UnderWay>> calls;
    size_t reads = 0;  // of those calls
    base::Sender newest;
    bool since_looked = false;
    bool gone = false;
    // Whether no read was under way at some moment since the last look.
    bool rested = true;
    // What had come there when somebody last looked after such a moment, and what reads took since.
    uint64_t came_before = 0;
    uint64_t taken = 0;
    Budget::Share unfinished;
  };
  // A call.
  struct UnderWay {
    base::Mutex mutex;
    Refuse refuse GUARDED_BY(mutex);
    // The table's, under its mutex.
    std::shared_ptr<Peer> peer;
    size_t place = 0;  // among the calls of its connection
    bool reading = false;
    base::Sender sender;
  };
  struct Strikes {
    uint32_t count = 0;
    Clock::time_point since;
    Clock::time_point struck_until;
  };
  struct Ahead {
    int64_t calls = 0;
    Clock::time_point forgotten_at;
  };

  bool IsStruck(base::Sender sender) REQUIRES(mutex_);
  void Strike(base::Sender sender) EXCLUDES(mutex_);
  void BeginRead(UnderWay& one) EXCLUDES(mutex_);
  void EndRead(UnderWay& one, size_t bytes) EXCLUDES(mutex_);
  void EndReadLocked(UnderWay& one, size_t bytes) REQUIRES(mutex_);
  void Leave(UnderWay& one) EXCLUDES(mutex_);
  // What came of messages under way is held from now on; false where it may not be.
  Status Hold(Peer& peer, uint64_t came) REQUIRES(mutex_);
  void DropIfDone(const Peer& peer) REQUIRES(mutex_);

  Budget* const budget_;
  const uint64_t message_bytes_max_;
  base::Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<Peer>> peers_ GUARDED_BY(mutex_);
  // By the sender's number.
  absl::flat_hash_map<uint64_t, Strikes> strikes_ GUARDED_BY(mutex_);
  absl::flat_hash_map<uint64_t, Ahead> ahead_ GUARDED_BY(mutex_);
  std::function<void()> on_struck_;
};

}  // namespace cadastre::server

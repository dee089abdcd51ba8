// Events of daily work into one server, by either door, for a while.
//
// Functions over a source that numbers on; each blocks until its time is over. Thread rule: the source is safe.
// A load in which a call failed says how many and why.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>

#include "bench/event_text.h"
#include "bench/grpc_client.h"
#include "bench/server_process.h"

namespace cadastre::bench {

// In flight over all push streams: what the server's queue takes without refusing.
inline constexpr size_t kPushesAtMost = 2'048;

// Numbered on over all windows, so that no event is sent twice.
class EventSource {
 public:
  explicit EventSource(uint64_t salt) : events_(salt) {}
  // One that no other measurement uses.
  EventSource();
  std::string Next() { return events_.At(next_.fetch_add(1)); }

 private:
  const DailyEvents events_;
  std::atomic<uint64_t> next_{0};
};

// One stream a connection, at most 256 events in flight on each.
LoadFigures PushFor(const ServerProcess& server, EventSource& source, size_t connections, double seconds);
// One event in flight a connection, as fast as they are answered.
LoadFigures PostFor(const ServerProcess& server, EventSource& source, size_t connections, double seconds);
// The same at no more than `per_second` over all connections.
LoadFigures PostPaced(const ServerProcess& server, EventSource& source, size_t connections, double seconds,
                      double per_second);

}  // namespace cadastre::bench

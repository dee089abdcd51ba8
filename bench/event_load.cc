#include "bench/event_load.h"

#include <limits>
#include <thread>
#include <vector>

#include "base/status.h"
#include "bench/clock.h"
#include "bench/http_client.h"

namespace cadastre::bench {

EventSource::EventSource() : EventSource(static_cast<uint64_t>(Steady::now().time_since_epoch().count())) {}

LoadFigures PushFor(const ServerProcess& server, EventSource& source, size_t connections, double seconds) {
  static std::atomic<uint64_t> run{0};
  const auto start = Steady::now();
  PushLoad load;
  load.bearer = server.admin_token();
  load.stream_prefix = base::Cat("ingest-", start.time_since_epoch().count(), "-", ++run);
  load.in_flight = static_cast<int64_t>(std::min<size_t>(256, kPushesAtMost / connections));
  load.next = [&](std::string* event) {
    if (SecondsSince(start) >= seconds) return false;
    *event = source.Next();
    return true;
  };
  return RunPush(Connect(server.grpc_address(), connections), load);
}

LoadFigures PostFor(const ServerProcess& server, EventSource& source, size_t connections, double seconds) {
  return PostPaced(server, source, connections, seconds, std::numeric_limits<double>::infinity());
}

LoadFigures PostPaced(const ServerProcess& server, EventSource& source, size_t connections, double seconds,
                      double per_second) {
  std::atomic<uint64_t> done{0};
  std::atomic<uint64_t> failed{0};
  std::atomic<int> code{0};
  const auto start = Steady::now();
  const std::chrono::duration<double> pause(static_cast<double>(connections) / per_second);
  {
    std::vector<std::jthread> senders;
    for (size_t i = 0; i < connections; ++i) {
      senders.emplace_back([&, i] {
        HttpClient client(server.http_host(), server.http_port());
        // Spread over the pause, so that they do not come together.
        auto due = start + std::chrono::duration_cast<Steady::duration>(pause * i / connections);
        while (SecondsSince(start) < seconds) {
          std::this_thread::sleep_until(due);
          due += std::chrono::duration_cast<Steady::duration>(pause);
          const StatusOr<int> answer = client.PostJson("/api/v1/lineage", server.admin_token(), source.Next());
          if (answer.ok() && *answer == 201) {
            done.fetch_add(1);
            continue;
          }
          failed.fetch_add(1);
          code = answer.ok() ? *answer : -1;
        }
      });
    }
  }
  LoadFigures figures;
  figures.done = done;
  figures.per_second = static_cast<double>(done.load()) / SecondsSince(start);
  figures.failed = failed;
  if (failed > 0) figures.first_failure = base::Cat("HTTP ", code.load());
  return figures;
}

}  // namespace cadastre::bench

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/status.h"
#include "bench/benches.h"
#include "bench/clock.h"
#include "bench/event_load.h"
#include "bench/grpc_client.h"
#include "bench/http_client.h"
#include "cadastre/search/v1/search.grpc.pb.h"

namespace cadastre::bench {
namespace {

namespace s1 = search::v1;

constexpr double kGiveUpSeconds = 30;
constexpr size_t kConnections = 16;

std::string EventNaming(const std::string& word) {
  return base::Cat(
      "{\"eventTime\":\"2026-01-01T00:00:00Z\",\"producer\":\"https://example.org/bench\",\"schemaURL\":"
      "\"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent\",\"dataset\":{\"namespace\":"
      "\"postgres://fresh:5432\",\"name\":\"fresh.",
      word, "\",\"facets\":{}}}");
}

// A word of letters alone, which no other name has: a number would be looked for as a word of its own, and small ones
// stand in many names.
std::string WordOf(uint64_t number) {
  std::string word = "zyxw";
  for (; number > 0; number /= 26) word.push_back(static_cast<char>('a' + number % 26));
  return word;
}

// Asks again and again, as a person who waits for a table would.
StatusOr<double> SecondsUntilFound(s1::SearchService::Stub& stub, const std::string& bearer, const std::string& word) {
  const auto start = Steady::now();
  s1::SearchRequest request;
  request.set_query(word);
  while (SecondsSince(start) < kGiveUpSeconds) {
    s1::SearchResponse response;
    const Status status = FromGrpc(stub.Search(ContextOf(bearer).get(), request, &response));
    if (!status.ok()) return status;
    if (response.hits_size() > 0) return SecondsSince(start);
  }
  return base::Unavailable("`", word, "` was not found");
}

struct Found {
  std::vector<double> pushed;
  std::vector<double> found;
};

StatusOr<Found> PushAndFind(const ServerProcess& server, int times) {
  HttpClient http(server.http_host(), server.http_port());
  const auto stub = s1::SearchService::NewStub(Connect(server.grpc_address(), 1).front());
  Found all;
  for (int i = 0; i < times; ++i) {
    // The clock keeps two runs apart.
    const std::string word = WordOf(static_cast<uint64_t>(Steady::now().time_since_epoch().count()));
    const auto start = Steady::now();
    const StatusOr<int> answer = http.PostJson("/api/v1/lineage", server.admin_token(), EventNaming(word));
    if (!answer.ok() || *answer != 201) return base::Unavailable("pushing failed");
    all.pushed.push_back(SecondsSince(start));
    const StatusOr<double> seconds = SecondsUntilFound(*stub, server.admin_token(), word);
    if (!seconds.ok()) return seconds.status();
    all.found.push_back(*seconds);
  }
  return all;
}

Ratio LineOf(const char* when, const Found& found) {
  std::vector<double> sorted = found.found;
  std::sort(sorted.begin(), sorted.end());
  return {base::Cat("from 201 to the first search that finds it, ", when),
          base::Cat(Milliseconds(MedianOf(found.found)), " (longest ", Milliseconds(sorted.back()), ")"),
          Milliseconds(MedianOf(found.pushed)), MedianOf(found.found) / std::max(1e-9, MedianOf(found.pushed)), ""};
}

}  // namespace

StatusOr<Section> MeasureFresh(Stage& stage) {
  const StatusOr<ServerProcess*> server = stage.Server();
  if (!server.ok()) return server.status();
  const double window = stage.settings().window_seconds;
  const int times = window < 1 ? 2 : 30;
  const auto idle = PushAndFind(**server, times);
  if (!idle.ok()) return idle.status();

  EventSource source;
  const LoadFigures warm = PostFor(**server, source, kConnections, window);
  if (warm.failed > 0) return base::Unavailable("posting: ", warm.first_failure);
  const LoadFigures most = PostFor(**server, source, kConnections, window);
  if (most.failed > 0) return base::Unavailable("posting: ", most.first_failure);
  std::atomic<bool> over{false};
  LoadFigures half;
  StatusOr<Found> busy = base::Unavailable("not measured");
  {
    const std::jthread load([&] {
      uint64_t done = 0;
      const auto start = Steady::now();
      while (!over) {
        half = PostPaced(**server, source, kConnections, window / 2, most.per_second / 2);
        done += half.done;
      }
      half.per_second = static_cast<double>(done) / SecondsSince(start);
    });
    std::this_thread::sleep_for(std::chrono::duration<double>(window / 4));
    busy = PushAndFind(**server, times);
    over = true;
  }
  if (!busy.ok()) return busy.status();
  if (half.failed > 0) return base::Unavailable("posting: ", half.first_failure);

  Section section("fresh", "From a pushed event to a hit");
  section.Add(LineOf("server idle", *idle));
  section.Add(LineOf("while ingest runs at half its maximum", *busy));
  section.Say(
      base::Cat("Ours: SearchService.Search by gRPC for a word that only the new table has, one call after the "
                "other until it is found, ",
                times, " times; medians. Beside it: the POST /api/v1/lineage that made the event durable."));
  section.Say(base::Cat("Ingest meanwhile: POST /api/v1/lineage on ", kConnections, " connections, ",
                        PerSecond(half.per_second), ", where the most they reached was ", PerSecond(most.per_second),
                        "."));
  return section;
}

}  // namespace cadastre::bench

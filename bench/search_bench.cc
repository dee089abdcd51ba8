#include <thread>

#include "base/status.h"
#include "bench/benches.h"
#include "bench/clock.h"
#include "bench/grpc_client.h"
#include "bench/http_client.h"
#include "cadastre/search/v1/search.grpc.pb.h"

namespace cadastre::bench {
namespace {

namespace s1 = search::v1;

constexpr double kGiveUpSeconds = 30;

std::string EventNaming(const std::string& word) {
  return base::Cat(
      "{\"eventTime\":\"2026-01-01T00:00:00Z\",\"producer\":\"https://example.org/bench\",\"schemaURL\":"
      "\"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent\",\"dataset\":{\"namespace\":"
      "\"postgres://fresh:5432\",\"name\":\"fresh.",
      word, "\",\"facets\":{}}}");
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

}  // namespace

StatusOr<Section> MeasureSearch(Stage& stage) {
  const StatusOr<ServerProcess*> server = stage.Server();
  if (!server.ok()) return server.status();
  HttpClient http((*server)->http_host(), (*server)->http_port());
  const auto stub = s1::SearchService::NewStub(Connect((*server)->grpc_address(), 1).front());
  const int times = stage.settings().window_seconds < 1 ? 2 : 30;
  std::vector<double> pushed;
  std::vector<double> found;
  for (int i = 0; i < times; ++i) {
    // Letters and a number no other word has; the clock keeps two runs apart.
    const std::string word = base::Cat("zyxw", Steady::now().time_since_epoch().count(), "q", i);
    const auto start = Steady::now();
    const StatusOr<int> answer = http.PostJson("/api/v1/lineage", (*server)->admin_token(), EventNaming(word));
    if (!answer.ok() || *answer != 201) return base::Unavailable("pushing failed");
    pushed.push_back(SecondsSince(start));
    const StatusOr<double> seconds = SecondsUntilFound(*stub, (*server)->admin_token(), word);
    if (!seconds.ok()) return seconds.status();
    found.push_back(*seconds);
  }
  Section section("search", "From a pushed event to a hit");
  section.Add({"from 201 to the first search that finds it, server idle", Milliseconds(MedianOf(found)),
               Milliseconds(MedianOf(pushed)), MedianOf(found) / std::max(1e-9, MedianOf(pushed)), ""});
  section.Say(base::Cat("Ours: SearchService.Search for a word that only the new table has, one call after the other, ",
                        times, " times. Beside it: the POST /api/v1/lineage that made the event durable."));
  section.Say(
      "Not measured yet: a page of hits beside bare Xapian with a bitmap on the same index, and freshness while ingest "
      "runs.");
  return section;
}

}  // namespace cadastre::bench

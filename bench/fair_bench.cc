#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "base/status.h"
#include "bench/benches.h"
#include "bench/clock.h"
#include "bench/http_client.h"

namespace cadastre::bench {
namespace {

constexpr size_t kLargeBytes = size_t{7} << 20;
constexpr int kInputsOfAnOutput = 10;
constexpr int kAsked = 100;

// Column lineage alone, each column from a dataset of its own: of all events of a size the one whose commit has most
// rows.
std::string LargeEvent(const std::string& job, size_t bytes) {
  std::string event = base::Cat(
      "{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-01-01T00:00:00Z\",\"producer\":\"https://example.org/bench\","
      "\"run\":{\"runId\":\"",
      job, "\"},\"job\":{\"namespace\":\"etl\",\"name\":\"", job, "\"},\"inputs\":[],\"outputs\":[");
  for (size_t output = 0; event.size() < bytes; ++output) {
    const std::string name = base::Cat(job, ".", output);
    event += base::Cat(output == 0 ? "" : ",", "{\"namespace\":\"pg://db:5432\",\"name\":\"", name,
                       "\",\"facets\":{\"columnLineage\":{\"_producer\":\"p\",\"_schemaURL\":\"s\",\"fields\":{\"c\":{"
                       "\"inputFields\":[");
    for (int input = 0; input < kInputsOfAnOutput; ++input) {
      event += base::Cat(input == 0 ? "" : ",", "{\"namespace\":\"pg://db:5432\",\"name\":\"", name, ".", input,
                         "\",\"field\":\"f\"}");
    }
    event += "]}}}}}";
  }
  return event + "]}";
}

// Asks until `enough` says so; the times of the answers, sorted.
template <typename Enough>
StatusOr<std::vector<double>> AskWhoAmI(const ServerProcess& server, const std::string& bearer, Enough enough) {
  HttpClient http(server.http_host(), server.http_port());
  std::vector<double> took;
  while (!enough(took.size())) {
    const auto start = Steady::now();
    const StatusOr<int> answer = http.PostJson("/cadastre.authz.v1.AuthzService/WhoAmI", bearer, "{}");
    if (!answer.ok() || *answer != 200) return base::Unavailable("WhoAmI failed");
    took.push_back(SecondsSince(start));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::sort(took.begin(), took.end());
  return took;
}

double At(const std::vector<double>& sorted, double part) {
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(part * static_cast<double>(sorted.size())))];
}

}  // namespace

StatusOr<Section> MeasureFair(Stage& stage) {
  const StatusOr<ServerProcess*> server = stage.Server();
  if (!server.ok()) return server.status();
  const bool smoke = stage.settings().window_seconds < 1;
  const auto idle = AskWhoAmI(**server, stage.wide_token(), [](size_t asked) { return asked == kAsked; });
  if (!idle.ok()) return idle.status();

  // The clock keeps two runs apart.
  const std::string job = base::Cat("large-", Steady::now().time_since_epoch().count());
  std::vector<double> pushed(2);
  std::atomic<int> taken{0};
  std::atomic<int> over{0};
  StatusOr<std::vector<double>> busy = base::Unavailable("not measured");
  {
    std::vector<std::jthread> pushers;
    for (size_t i = 0; i < pushed.size(); ++i) {
      pushers.emplace_back([&, i] {
        const std::string event = LargeEvent(base::Cat(job, "-", i), smoke ? kLargeBytes / 64 : kLargeBytes);
        HttpClient http((*server)->http_host(), (*server)->http_port());
        const auto start = Steady::now();
        const StatusOr<int> answer = http.PostJson("/api/v1/lineage", (*server)->admin_token(), event);
        pushed[i] = SecondsSince(start);
        if (answer.ok() && *answer == 201) ++taken;
        ++over;
      });
    }
    busy = AskWhoAmI(**server, stage.wide_token(), [&](size_t asked) { return over == 2 && asked > 0; });
  }
  if (!busy.ok()) return busy.status();
  if (taken != 2) return base::Unavailable("pushing a large event failed");

  Section section("fair", "One's question beside another's large events");
  const auto add = [&](const char* what, double part) {
    section.Add({what, Milliseconds(At(*busy, part)), Milliseconds(At(*idle, part)),
                 At(*busy, part) / std::max(1e-9, At(*idle, part)), ""});
  };
  add("median", 0.5);
  add("99th of 100", 0.99);
  add("longest", 1);
  section.Say(base::Cat("Ours: AuthzService.WhoAmI by HTTP, whose audit record goes to disk before the answer, asked ",
                        busy->size(), " times by one principal while another's two events of ", kLargeBytes >> 20,
                        " MiB (column lineage alone) are taken, in ", Milliseconds(std::min(pushed[0], pushed[1])),
                        " and ", Milliseconds(std::max(pushed[0], pushed[1])),
                        ". Beside it: the same on the idle server. The client shares the cores."));
  return section;
}

}  // namespace cadastre::bench

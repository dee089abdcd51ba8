#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include "base/status.h"
#include "bench/benches.h"
#include "bench/clock.h"
#include "bench/event_load.h"
#include "bench/local_rooms.h"
#include "server/services/ingest_service.h"

namespace cadastre::bench {
namespace {

constexpr size_t kWriters = 64;
constexpr size_t kBatchesMax = 4'000;
constexpr size_t kIngestConnections[] = {1, 16, 64};

struct Commits {
  std::vector<storage::Batch> batches;
  Traffic traffic;  // of one event
  double event_bytes = 0;
};

Status IngestOne(LocalRooms& local, const std::string& event) {
  std::promise<Status> answered;
  local.rooms().services().ingest->Ingest(
      local.CallOf("cadastre.ingest.v1.IngestService/Push", local.admin_token()),
      std::make_shared<const std::string>(event), {},
      [&answered](const StatusOr<server::IngestOutcome>& outcome) { answered.set_value(outcome.status()); });
  return answered.get_future().get();
}

// One commit an event, each in a batch of its own: what an event's commit writes when nothing is shared.
StatusOr<Commits> CaptureCommits(Stage& stage, size_t count) {
  auto local = LocalRooms::Open(stage.Scratch("capture"));
  if (!local.ok()) return local.status();
  const DailyEvents events(1);
  constexpr uint64_t kWarm = 2 * DailyEvents::kJobs;
  (*local)->engine().Keep(1);
  for (uint64_t i = 0; i < kWarm; ++i) {
    if (Status status = IngestOne(**local, events.At(i)); !status.ok()) return status;
  }
  (*local)->engine().TakeKept();
  (*local)->engine().Take();
  (*local)->engine().Keep(count);
  Commits commits;
  for (uint64_t i = 0; i < count; ++i) {
    const std::string event = events.At(kWarm + i);
    commits.event_bytes += static_cast<double>(event.size()) / static_cast<double>(count);
    if (Status status = IngestOne(**local, event); !status.ok()) return status;
  }
  commits.traffic = (*local)->engine().Take();
  commits.batches = (*local)->engine().TakeKept();
  for (double* figure : {&commits.traffic.reads, &commits.traffic.cursors, &commits.traffic.keys_written,
                         &commits.traffic.bytes_written}) {
    *figure /= static_cast<double>(count);
  }
  return commits;
}

// Synced batches a second by 64 writers, through the same engine options.
class RawWriters {
 public:
  static StatusOr<std::unique_ptr<RawWriters>> Open(const std::string& folder, const Commits* commits) {
    auto engine = storage::RocksDbEngine::Open(folder + "/store", {});
    if (!engine.ok()) return engine.status();
    auto raw = std::make_unique<RawWriters>();
    raw->engine_ = *std::move(engine);
    raw->commits_ = commits;
    return raw;
  }

  double Run(double seconds) {
    std::atomic<uint64_t> done{0};
    const auto start = Steady::now();
    {
      std::vector<std::jthread> writers;
      for (size_t i = 0; i < kWriters; ++i) {
        writers.emplace_back([&] {
          while (SecondsSince(start) < seconds) {
            const uint64_t number = next_.fetch_add(1);
            if (!engine_->Write(commits_->batches[number % commits_->batches.size()], true).ok()) return;
            done.fetch_add(1);
          }
        });
      }
    }
    return static_cast<double>(done.load()) / SecondsSince(start);
  }

 private:
  std::unique_ptr<storage::RocksDbEngine> engine_;
  const Commits* commits_ = nullptr;
  std::atomic<uint64_t> next_{0};
};

using Door = LoadFigures (*)(const ServerProcess&, EventSource&, size_t, double);

struct Measured {
  Compared compared;
  double cpu = 0;  // seconds of the server's an event
};

StatusOr<Measured> MeasureDoor(Stage& stage, const ServerProcess& server, EventSource& source, RawWriters& raw,
                               Door door, size_t connections) {
  const double window = stage.settings().window_seconds;
  LoadFigures last;
  Measured measured;
  measured.compared = CompareInTurns(
      stage.settings().rounds,
      [&] {
        const double before = server.CpuSeconds();
        last = door(server, source, connections, window);
        measured.cpu = (server.CpuSeconds() - before) / static_cast<double>(std::max<uint64_t>(1, last.done));
        return last.per_second;
      },
      [&] { return raw.Run(window); });
  if (last.failed > 0) return base::Unavailable(last.failed, " events failed: ", last.first_failure);
  return measured;
}

}  // namespace

StatusOr<Section> MeasureIngest(Stage& stage) {
  stage.StopServer();
  const StatusOr<Commits> commits = CaptureCommits(stage, stage.settings().window_seconds < 1 ? 50 : kBatchesMax);
  if (!commits.ok()) return commits.status();
  auto raw = RawWriters::Open(stage.Scratch("raw"), &*commits);
  if (!raw.ok()) return raw.status();
  const StatusOr<ServerProcess*> server = stage.Server();
  if (!server.ok()) return server.status();
  EventSource source;
  // Names and first versions are made before the clock runs.
  const LoadFigures warm = PushFor(**server, source, 1, stage.settings().window_seconds);
  if (warm.failed > 0) return base::Unavailable("pushing: ", warm.first_failure);

  Section section("ingest", "Durable ingest of OpenLineage events");
  struct Case {
    const char* word;
    Door door;
    const char* aim;
  };
  for (const Case& one :
       {Case{"gRPC streams", PushFor, "0.5 or more"}, Case{"HTTP connections", PostFor, "0.35 or more"}}) {
    for (const size_t connections : kIngestConnections) {
      const auto measured = MeasureDoor(stage, **server, source, **raw, one.door, connections);
      if (!measured.ok())
        return base::Unavailable(connections, " ", one.word, ": ", base::MessageOf(measured.status()));
      const std::string aim = connections == 64 ? one.aim : "";
      section.Add({base::Cat(connections, " ", one.word),
                   base::Cat(PerSecond(measured->compared.ours), ", ", Figure(measured->cpu * 1e6),
                             " µs of server CPU an event"),
                   PerSecond(measured->compared.beside), measured->compared.ratio, aim});
    }
  }
  const Traffic& traffic = commits->traffic;
  section.Say(
      base::Cat("Ours: IngestService.Push (2,048 events in flight over all streams, at most 256 each) and POST "
                "/api/v1/lineage (one in flight a connection), into the loaded world; events of ",
                Figure(commits->event_bytes), " bytes from ", DailyEvents::kJobs,
                " jobs that run again and again. An event reads ", Figure(traffic.reads), " keys and ",
                Figure(traffic.cursors), " ranges, and its commit writes ", Figure(traffic.keys_written), " keys, ",
                Figure(traffic.bytes_written), " bytes."));
  section.Say(
      "Beside it: the batches of such commits, one an event as captured, written again by 64 threads straight into "
      "RocksDB with the server's options, each synced. The server's client shares the cores; the writers have them "
      "alone.");
  return section;
}

}  // namespace cadastre::bench

#include <filesystem>

#include "base/status.h"
#include "bench/benches.h"

namespace cadastre::bench {
namespace {

constexpr double kMiB = 1 << 20;

double BytesUnder(const std::string& folder) {
  double bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) bytes += static_cast<double>(entry.file_size(error));
  }
  return bytes;
}

std::string Rate(uint64_t count, double seconds) {
  return base::Cat(Figure(static_cast<double>(count)), " in ", Figure(seconds), " s (",
                   PerSecond(static_cast<double>(count) / std::max(seconds, 1e-9)), ")");
}

}  // namespace

StatusOr<Section> MeasureWorld(Stage& stage) {
  Section section("world", base::Cat("World ", stage.settings().world, ": load, memory, time to ready"));
  const LoadedWorld& loaded = stage.loaded();
  if (loaded.events > 0) {
    section.Say(base::Cat(
        "Events, by one push stream: ", Rate(loaded.events, loaded.event_seconds), " of ", Figure(loaded.event_bytes),
        " bytes; roles, grants, people, one after the other: ", Rate(loaded.policy_rows, loaded.policy_seconds), "."));
  }
  if (loaded.statements > 0) {
    section.Say(base::Cat(
        "Statements (documentation, domain, owner, container, tags), by four callers of UpsertAspects, 50 assets a "
        "call, waiting where the search index is behind: ",
        Rate(loaded.statements, loaded.statement_seconds), "; the search index had all of it ",
        Figure(loaded.index_seconds), " s after the last answer."));
    section.Say(base::Cat("Resident right after the load: ", Figure(stage.resident_after_load() / kMiB), " MiB."));
  }
  stage.StopServer();
  const StatusOr<ServerProcess*> server = stage.Server();
  if (!server.ok()) return server.status();
  section.Add({"resident memory after a start", base::Cat(Figure((*server)->ResidentBytes() / kMiB), " MiB"),
               "1,024 MiB", (*server)->ResidentBytes() / kMiB / 1024, "1 or less at W1M"});
  section.Add({"time from exec to `/readyz`", base::Cat(Figure((*server)->seconds_to_ready()), " s"), "2 s",
               (*server)->seconds_to_ready() / 2, "1 or less at W1M"});
  section.Say(base::Cat("Assets ", Figure(static_cast<double>(stage.world().shape().assets)), ", data folder ",
                        Figure(BytesUnder(stage.folder()) / kMiB),
                        " MiB. Without runs but one a job: the million's ten "
                        "million runs are not loaded."));
  return section;
}

}  // namespace cadastre::bench

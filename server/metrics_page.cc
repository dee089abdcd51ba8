#include "server/metrics_page.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "authz/audit/audit_log.h"
#include "base/status.h"
#include "server/http/connect.h"
#include "server/http/endpoints.h"

namespace cadastre::server {
namespace {

constexpr char kMediaType[] = "text/plain; version=0.0.4; charset=utf-8";

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t all = 0;
  uint64_t resident = 0;
  statm >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double OpenDescriptors() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  double count = 0;
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  // Not the folder itself, `.` and `..`.
  return count - 3;
}

double DescriptorsMax() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

// In hundredths, because what never falls is counted in whole steps.
uint64_t CpuCentiseconds() {
  rusage used{};
  if (getrusage(RUSAGE_SELF, &used) != 0) return 0;
  const auto centis = [](const timeval& time) {
    return static_cast<uint64_t>(time.tv_sec) * 100 + static_cast<uint64_t>(time.tv_usec) / 10'000;
  };
  return centis(used.ru_utime) + centis(used.ru_stime);
}

double Behind(Revision last, Revision reached) {
  return last.value() <= reached.value() ? 0 : static_cast<double>(last.value() - reached.value());
}

}  // namespace

MetricsPage::MetricsPage(Rooms* rooms) : rooms_(rooms), requests_(&metrics_) {
  AddRooms();
  AddUpkeep();
  AddProcess();
  ObserveRequests(&requests_);
}

MetricsPage::~MetricsPage() { ObserveRequests(nullptr); }

void MetricsPage::AddRooms() {
  authz::House& house = rooms_->house();
  const auto last = [&house] { return house.published()->revision; };
  AddGauge("cadastre_ready", "1 where /readyz says so.", [this] { return rooms_->NotReady().empty() ? 1 : 0; });
  AddGauge("cadastre_revision", "Revision of the last commit.", [last] { return static_cast<double>(last().value()); });
  AddGauge("cadastre_commit_queue", "Writes and audit records waiting for the disk.",
           [&house] { return static_cast<double>(house.committer().queued()); });
  AddGauge("cadastre_call_queue", "Calls waiting for a thread.",
           [this] { return static_cast<double>(rooms_->executor().waiting()); });
  AddCounter("cadastre_calls_turned_away_total", "Calls there was no room for.",
             [this] { return rooms_->guard().turned_away(); });
  AddGauge("cadastre_audit_leaves", "Leaves of the audit log.",
           [&house] { return static_cast<double>(house.audit_log().size()); });
  AddGauge("cadastre_follower_lag_revisions", "Revisions a follower has not reached yet.",
           [this, last] { return Behind(last(), rooms_->lineage_reached()); }, {{"follower", "lineage"}});
  AddGauge("cadastre_follower_lag_revisions", "Revisions a follower has not reached yet.",
           [this, last] { return Behind(last(), rooms_->index().gate().reached()); }, {{"follower", "search"}});
  AddGauge("cadastre_search_documents", "Documents that can be found.",
           [this] { return static_cast<double>(rooms_->index().documents()); });
  AddGauge("cadastre_search_tail_documents", "Documents in memory that are not folded into the index on disk yet.",
           [this] { return static_cast<double>(rooms_->index().tail_documents()); });
  AddGauge("cadastre_search_overloaded", "1 while writes of searchable text must come back later.",
           [this] { return rooms_->index().overloaded() ? 1 : 0; });
  AddGauge("cadastre_store_bytes", "Bytes of the store on disk.", [&house] {
    const StatusOr<uint64_t> bytes = house.engine().SizeBytes();
    return bytes.ok() ? static_cast<double>(*bytes) : 0;
  });
}

void MetricsPage::AddUpkeep() {
  authz::House& house = rooms_->house();
  const HousekeepingFigures& figures = rooms_->figures();
  AddGauge("cadastre_gc_debt_commits",
           "Commits whose replaced versions may be forgotten and were not gone through yet.",
           [&figures] { return static_cast<double>(figures.gc_debt); });
  AddCounter("cadastre_gc_visited_rows_total", "Rows looked at for forgetting.",
             [&figures] { return figures.gc_visited.load(); });
  AddCounter("cadastre_gc_removed_rows_total", "Versions forgotten.", [&figures] { return figures.gc_removed.load(); });
  AddGauge("cadastre_housekeeping_ms", "Of the last second, spent on housekeeping.",
           [&figures] { return static_cast<double>(figures.slice_ms); });
  AddGauge("cadastre_log_entries", "Entries of the change log kept for followers.",
           [&house] { return static_cast<double>(house.log_entries()); });
  AddCounter("cadastre_follower_skipped_total", "Rows that did not decode and were left out by followers.",
             [this] { return rooms_->index().skipped() + rooms_->graph().skipped(); });
  const base::DiskSpace* const disk = rooms_->disk();
  if (disk == nullptr) return;
  AddGauge("cadastre_disk_free_bytes", "Bytes of the disk of the data folder left for writes, the reserve aside.",
           [disk] { return static_cast<double>(disk->available()); });
  AddGauge("cadastre_disk_level", "0: plenty, 1: filling, 2: writes refused, 3: all refused.",
           [disk] { return static_cast<double>(disk->level()); });
}

void MetricsPage::AddProcess() {
  AddGauge("cadastre_resident_bytes", "Resident memory of the process.", ResidentBytes);
  AddGauge("cadastre_open_descriptors", "Files and connections the process has open.", OpenDescriptors);
  AddGauge("cadastre_descriptors_max", "How many it may have open.", DescriptorsMax);
  AddCounter("cadastre_cpu_centiseconds_total", "Processor time of the process, hundredths of a second.",
             CpuCentiseconds);
}

void MetricsPage::AddGauge(const std::string& name, const std::string& help, std::function<double()> value,
                           const base::MetricLabels& labels) {
  gauges_.push_back({metrics_.MakeGauge(name, help, labels), std::move(value)});
}

void MetricsPage::AddCounter(const std::string& name, const std::string& help, std::function<uint64_t()> value,
                             const base::MetricLabels& labels) {
  counters_.push_back({metrics_.MakeCounter(name, help, labels), std::move(value)});
}

std::string MetricsPage::Expose() const {
  {
    base::MutexLock lock(mutex_);
    for (const Gauge& gauge : gauges_) gauge.gauge.Set(gauge.value());
    for (Counter& counter : counters_) {
      const uint64_t now = std::max(counter.value(), counter.told);
      counter.counter.Increment(static_cast<double>(now - std::exchange(counter.told, now)));
    }
  }
  return metrics_.Expose();
}

void MetricsPage::Handle(HttpRequest request, HttpReply reply) const {
  authz::Call call = CallOf(request, &kMetricsEndpoint);
  const auto handler = [this](authz::GovernedView&) -> StatusOr<std::string> { return Expose(); };
  rooms_->front().Read<std::string>(std::move(call), authz::ReadOptions(), handler,
                                    [id = request.request_id, reply = std::move(reply)](StatusOr<std::string> text) {
                                      if (!text.ok()) return reply(ErrorResponse(text.status(), id));
                                      HttpResponse response;
                                      response.headers = {{"Content-Type", kMediaType}};
                                      response.body = *std::move(text);
                                      reply(std::move(response));
                                    });
}

}  // namespace cadastre::server

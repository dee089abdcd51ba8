#include "server/metrics_page.h"

#include <unistd.h>

#include <fstream>
#include <utility>

#include "authz/audit_log.h"
#include "base/status.h"
#include "server/http/connect.h"

namespace cadastre::server {
namespace {

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t all = 0;
  uint64_t resident = 0;
  statm >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

MetricsPage::MetricsPage(Rooms* rooms)
    : rooms_(rooms),
      revision_(metrics_.MakeGauge("cadastre_revision", "Revision of the last commit.")),
      commit_queue_(metrics_.MakeGauge("cadastre_commit_queue", "Writes and audit records waiting for the disk.")),
      call_queue_(metrics_.MakeGauge("cadastre_call_queue", "Calls waiting for a thread.")),
      audit_size_(metrics_.MakeGauge("cadastre_audit_leaves", "Leaves of the audit log.")),
      store_bytes_(metrics_.MakeGauge("cadastre_store_bytes", "Bytes of the store on disk.")),
      turned_away_(metrics_.MakeCounter("cadastre_calls_turned_away_total", "Calls there was no room for.")),
      resident_bytes_(metrics_.MakeGauge("cadastre_resident_bytes", "Resident memory of the process.")) {}

void MetricsPage::Measure() const {
  authz::House& house = rooms_->house();
  revision_.Set(static_cast<double>(house.published()->revision.value()));
  commit_queue_.Set(static_cast<double>(house.committer().queued()));
  call_queue_.Set(static_cast<double>(rooms_->executor().waiting()));
  {
    base::MutexLock lock(mutex_);
    const uint64_t turned_away = rooms_->guard().turned_away();
    turned_away_.Increment(static_cast<double>(turned_away - std::exchange(told_turned_away_, turned_away)));
  }
  audit_size_.Set(static_cast<double>(house.audit_log().size()));
  if (const StatusOr<uint64_t> bytes = house.engine().SizeBytes(); bytes.ok()) {
    store_bytes_.Set(static_cast<double>(*bytes));
  }
  resident_bytes_.Set(ResidentBytes());
}

void MetricsPage::Handle(HttpRequest request, HttpReply reply) const {
  authz::Call call = CallOf(request, authz::FindOperation("GET /metrics"));
  const auto handler = [this](authz::GovernedView&) -> StatusOr<std::string> {
    Measure();
    return metrics_.Expose();
  };
  rooms_->front().Read<std::string>(std::move(call), authz::ReadOptions(), handler,
                                    [id = request.request_id, reply = std::move(reply)](StatusOr<std::string> text) {
                                      if (!text.ok()) return reply(ErrorResponse(text.status(), id));
                                      HttpResponse response;
                                      response.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
                                      response.body = *std::move(text);
                                      reply(std::move(response));
                                    });
}

}  // namespace cadastre::server

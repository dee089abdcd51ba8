#include "server/request_metrics.h"

#include "base/status.h"
#include "server/rpc/status_map.h"

namespace cadastre::server {

void RequestMetrics::Ended(std::string_view door, std::string_view method, absl::StatusCode code,
                           std::chrono::steady_clock::duration took, bool lasting) {
  const std::string_view word = code == absl::StatusCode::kOk ? "ok" : ConnectCodeOf(code);
  base::MutexLock lock(mutex_);
  auto [count, first] = counts_.try_emplace(base::Cat(door, " ", method, " ", word));
  if (first) {
    count->second = metrics_->MakeCounter(
        "cadastre_requests_total", "Requests that ended, by door, method and Connect's word for the outcome.",
        {{"door", std::string(door)}, {"method", std::string(method)}, {"code", std::string(word)}});
  }
  count->second.Increment();
  // How long a stream stays open says nothing of the server.
  if (lasting) return;
  auto [time, fresh] = times_.try_emplace(std::string(method));
  if (fresh) {
    time->second =
        metrics_->MakeHistogram("cadastre_request_seconds", "From a request's arrival to its answer, streams apart.",
                                base::Metrics::LatencySeconds(), {{"method", std::string(method)}});
  }
  time->second.Observe(std::chrono::duration<double>(took).count());
}

}  // namespace cadastre::server

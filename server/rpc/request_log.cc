#include "server/rpc/request_log.h"

#include "server/rpc/line_budget.h"
#include "server/rpc/status_map.h"

namespace cadastre::server {
namespace {

using std::chrono::steady_clock;

LineBudget& Lines() {
  static LineBudget lines(RequestEnd::kLinesASecond);
  return lines;
}

std::atomic<RequestObserver*>& Observer() {
  static std::atomic<RequestObserver*> observer{nullptr};
  return observer;
}

}  // namespace

base::LogLevel LevelOf(absl::StatusCode code, bool slow) {
  switch (code) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnknown: return base::LogLevel::kError;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable: return base::LogLevel::kWarning;
    // Ordinary answers.
    case absl::StatusCode::kOk:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kCancelled: return slow ? base::LogLevel::kInfo : base::LogLevel::kDebug;
    default: return base::LogLevel::kInfo;
  }
}

void ObserveRequests(RequestObserver* observer) { Observer().store(observer, std::memory_order_release); }

void RequestEnd::Tell(absl::StatusCode code, int http_status) const {
  const auto took = steady_clock::now() - begun_;
  if (RequestObserver* observer = Observer().load(std::memory_order_acquire)) {
    observer->Ended(door_, method_, code, took, lasting_);
  }
  const base::LogLevel level = LevelOf(code, !lasting_ && took >= kSlow);
  if (!base::IsLogged(level)) return;
  int64_t left_out = 0;
  if (level != base::LogLevel::kDebug && !Lines().Take(&left_out)) return;
  const std::string principal = caller();
  const double millis = std::chrono::duration<double, std::milli>(took).count();
  base::Log(level, "request",
            {{"request_id", request_id_},
             {"door", door_},
             {"method", method_},
             {"principal", principal},
             {"code", code == absl::StatusCode::kOk ? "ok" : ConnectCodeOf(code)},
             {"http_status", http_status},
             {"took_ms", millis},
             {"lines_left_out", left_out}});
}

}  // namespace cadastre::server

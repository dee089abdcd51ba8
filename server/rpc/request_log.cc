#include "server/rpc/request_log.h"

#include "base/mutex.h"
#include "server/rpc/status_map.h"

namespace cadastre::server {
namespace {

using std::chrono::steady_clock;

// Lines of the second that runs.
class LineBudget {
 public:
  // Whether one more may be written; if so, `left_out` becomes the number that were not since the last one that was.
  bool Take(int64_t* left_out) EXCLUDES(mutex_) {
    const auto now = steady_clock::now();
    base::MutexLock lock(mutex_);
    if (now - second_ >= std::chrono::seconds(1)) {
      second_ = now;
      written_ = 0;
    }
    if (written_ >= RequestEnd::kLinesASecond) {
      ++left_out_;
      return false;
    }
    ++written_;
    *left_out = std::exchange(left_out_, 0);
    return true;
  }

 private:
  base::Mutex mutex_;
  steady_clock::time_point second_ GUARDED_BY(mutex_);
  int written_ GUARDED_BY(mutex_) = 0;
  int64_t left_out_ GUARDED_BY(mutex_) = 0;
};

LineBudget& Budget() {
  static LineBudget budget;
  return budget;
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

void RequestEnd::Tell(absl::StatusCode code, int http_status) const {
  const auto took = steady_clock::now() - begun_;
  const base::LogLevel level = LevelOf(code, !lasting_ && took >= kSlow);
  if (!base::IsLogged(level)) return;
  int64_t left_out = 0;
  if (level != base::LogLevel::kDebug && !Budget().Take(&left_out)) return;
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

// The end of each request as one line of the server's log: who asked for what, what came of it, how long it took.
//
// Made by a door when a request arrives, told once when its answer is handed over. Thread rule: safe.
// What ends well, and what is not found, is told at debug; refusals and what took a second at info; overload as a
// warning; faults as errors. Above debug at most kLinesASecond lines a second are written, the others counted, so that
// nobody fills the disk by being refused. Deliberately does not: tell paths as sent, query text, addresses or secrets;
// audit.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "authz/front/call.h"
#include "base/log.h"
#include "base/words.h"

namespace cadastre::server {

// Who counts what ends. Thread rule: safe.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  // `door` and `method` are names of ours, from a closed set. `lasting`: a stream.
  virtual void Ended(std::string_view door, std::string_view method, absl::StatusCode code,
                     std::chrono::steady_clock::duration took, bool lasting) = 0;
};

// Tells the end of every request of this process to `observer` (null: to nobody, as at the start). Whoever sets it
// takes it back before it goes, and after the doors have closed.
void ObserveRequests(RequestObserver* observer);

class RequestEnd final : public authz::CallTrace {
 public:
  static constexpr int kLinesASecond = 100;
  static constexpr std::chrono::seconds kSlow{1};

  // `door` and `method` outlive it: names of ours. `lasting`: a stream, which is not slow because it is long.
  RequestEnd(std::string_view door, std::string_view method, std::string request_id, bool lasting = false)
      : door_(door), method_(method), request_id_(std::move(request_id)), lasting_(lasting) {
    if (!lasting_) under_way_.fetch_add(1, std::memory_order_relaxed);
  }
  ~RequestEnd() {
    if (!lasting_ && !awaited_) under_way_.fetch_sub(1, std::memory_order_relaxed);
  }
  RequestEnd(const RequestEnd&) = delete;
  RequestEnd& operator=(const RequestEnd&) = delete;

  // Between the two its message has not arrived, so a stop need not wait for it. By the door, one after the other.
  void Await() {
    awaited_ = true;
    if (!lasting_) under_way_.fetch_sub(1, std::memory_order_relaxed);
  }
  void Arrive() {
    awaited_ = false;
    if (!lasting_) under_way_.fetch_add(1, std::memory_order_relaxed);
  }

  // Requests of this process that have arrived and are not let go, streams apart.
  static int64_t UnderWay() { return under_way_.load(std::memory_order_relaxed); }

  const std::string& request_id() const { return request_id_; }
  // `http_status`: 0 where the door has none.
  void Tell(absl::StatusCode code, int http_status = 0) const;

 private:
  static inline std::atomic<int64_t> under_way_{0};

  const std::string_view door_;
  const std::string_view method_;
  const std::string request_id_;
  const bool lasting_;
  bool awaited_ = false;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// The level at which the end of a request is told.
base::LogLevel LevelOf(absl::StatusCode code, bool slow);

}  // namespace cadastre::server

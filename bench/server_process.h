// ServerProcess: a cadastred of its own in a folder, started, watched and stopped.
//
// Made by a bench; thread rule: confined. The destructor stops it.
// Errors: UNAVAILABLE (it does not start, or is not ready within two minutes; server.log in the folder says why).
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "base/words.h"

namespace cadastre::bench {

class ServerProcess {
 public:
  // Returns once /readyz says so.
  static StatusOr<std::unique_ptr<ServerProcess>> Start(const std::string& program, const std::string& folder);
  ~ServerProcess() { Stop(); }

  void Stop();

  const std::string& http_host() const { return http_host_; }
  int http_port() const { return http_port_; }
  const std::string& grpc_address() const { return grpc_address_; }
  const std::string& admin_token() const { return admin_token_; }
  double seconds_to_ready() const { return seconds_to_ready_; }
  // Of the whole process, in bytes: now, and the most it ever was.
  double ResidentBytes() const { return StatusBytes("VmRSS"); }
  double ResidentPeakBytes() const { return StatusBytes("VmHWM"); }
  // Seconds of CPU it has used so far.
  double CpuSeconds() const;

 private:
  double StatusBytes(const std::string& key) const;
  bool ReadAddresses(const std::string& folder);

  pid_t pid_ = 0;
  std::string http_host_;
  int http_port_ = 0;
  std::string grpc_address_;
  std::string admin_token_;
  double seconds_to_ready_ = 0;
};

}  // namespace cadastre::bench

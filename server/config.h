// The server's configuration: every key with its default and its meaning, in one table.
//
// Sources, later over earlier: defaults, the YAML file, the command line. An unknown key is an error.
// Thread rule: compatible. Errors: INVALID_ARGUMENT that names the key and what was expected.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/words.h"

namespace cadastre::server {

struct Config {
  std::string data_dir;
  std::string http_address = "127.0.0.1:8080";
  std::string grpc_address = "127.0.0.1:8081";
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_client_ca;
  std::string metrics_address;
  int64_t metrics_open = 0;
  std::string log_level = "info";
  int64_t executor_threads = 0;
  int64_t executor_queue = 4096;
  int64_t http_threads = 2;
  int64_t body_mib_max = 16;
  int64_t bodies_mib_in_memory = 512;
  int64_t connections = 4096;
  int64_t commit_queue = 16384;
  int64_t visibility_mib = 256;
  int64_t history_days = 400;
  int64_t history_minutes = 0;
  int64_t run_days = 30;
  int64_t runs_per_job = 1000;
  int64_t run_unknown_hours = 48;
  int64_t stop_grace_seconds = 10;
  int64_t audit_days = 0;
  int64_t audit_minutes = 0;
  int64_t disk_warn_percent = 80;
  int64_t disk_full_percent = 95;
  std::string backup_dir;
};

// Reads `path` (empty: none) over the defaults.
StatusOr<Config> LoadConfig(const std::string& path);
// Checks ranges and fills what depends on the machine (executor_threads 0) or on data_dir (backup_dir empty).
Status CompleteConfig(Config& config);
// Told as a warning for each door that speaks plain text where other machines can listen.
void WarnOfPlainText(const Config& config);
// YAML with a comment of meaning on every key: a file that could be read back.
std::string PrintConfig(const Config& config);

// Of a `log_level`.
StatusOr<base::LogLevel> LogLevelOf(std::string_view word);

struct HostPort {
  std::string host;
  uint16_t port = 0;
};
// An address that only this machine reaches.
bool IsLoopback(std::string_view host);
// `127.0.0.1:8080`, `[::1]:0`; the host must be an address.
StatusOr<HostPort> ParseHostPort(std::string_view text, std::string_view key);

}  // namespace cadastre::server

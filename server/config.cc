#include "server/config.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <filesystem>
#include <thread>
#include <utility>
#include <variant>

#include "base/status.h"
#include "server/rpc/budget.h"

namespace cadastre::server {
namespace {

struct Key {
  std::string_view name;
  std::variant<std::string Config::*, int64_t Config::*> member;
  int64_t min;
  int64_t max;
  std::string_view meaning;
};

const Key kKeys[] = {
    {"data_dir", &Config::data_dir, 0, 0, "Folder of everything this server keeps. Made if there is none."},
    {"http_address", &Config::http_address, 0, 0,
     "HOST:PORT of HTTP: web UI, Connect, OpenLineage. Port 0 picks a free one."},
    {"grpc_address", &Config::grpc_address, 0, 0, "HOST:PORT of gRPC. Port 0 picks a free one."},
    {"tls_certificate", &Config::tls_certificate, 0, 0,
     "PEM file of the certificate chain, for both doors. Empty: plain text."},
    {"tls_key", &Config::tls_key, 0, 0, "PEM file of the certificate's key."},
    {"tls_client_ca", &Config::tls_client_ca, 0, 0,
     "PEM file of the authority clients must hold a certificate of. Empty: none asked."},
    {"metrics_address", &Config::metrics_address, 0, 0,
     "HOST:PORT where /metrics is answered too, without a token if only this machine reaches it. Empty: none."},
    {"metrics_open", &Config::metrics_open, 0, 1, "1: without a token at any metrics_address."},
    {"log_level", &Config::log_level, 0, 0, "debug, info, warning or error. Requests that end well are told at debug."},
    {"executor_threads", &Config::executor_threads, 0, 256,
     "Threads that run one sender's calls; twice as many stand for all. 0: one a core, at least 2."},
    {"executor_queue", &Config::executor_queue, 16, 1'000'000,
     "Calls of one sender that may wait, and half of all that may; beyond that callers are told to come back."},
    {"http_threads", &Config::http_threads, 1, 64, "Threads that read and write HTTP; they only parse and hand on."},
    {"body_mib_max", &Config::body_mib_max, 1, 64, "Largest request body, MiB; above it 413."},
    {"bodies_mib_in_memory", &Config::bodies_mib_in_memory, 16, 65'536,
     "Memory for all requests together, MiB, packed, unpacked and being worked on; one sender gets half at most."},
    {"connections", &Config::connections, 16, 1'000'000,
     "Connections of both doors together; fewer where the process may open fewer files. The quietest of who has most "
     "go."},
    {"commit_queue", &Config::commit_queue, 64, 1'000'000, "Writes and audit records that may wait for the disk."},
    {"visibility_mib", &Config::visibility_mib, 1, 65'536,
     "Memory for what searches and walks keep of who may see what, MiB: 1/8 KiB for 1,000 assets, role and privilege."},
    {"history_days", &Config::history_days, 0, 36'500, "How far back `known_at` may reach."},
    {"history_minutes", &Config::history_minutes, 0, 1'440, "Beyond history_days; for trials shorter than a day."},
    {"run_days", &Config::run_days, 1, 36'500,
     "How long whole runs are kept after their last event; rollups stay longer."},
    {"runs_per_job", &Config::runs_per_job, 2, 1'000'000, "Most runs kept of one job."},
    {"run_unknown_hours", &Config::run_unknown_hours, 1, 87'600,
     "After this long without an end, a run is called unknown."},
    {"stop_grace_seconds", &Config::stop_grace_seconds, 0, 600,
     "How long answers under way may take when the server stops."},
    {"audit_days", &Config::audit_days, 0, 36'500,
     "How long audit records are kept; older ones go, and a signed head stays in their place. 0: for ever."},
    {"audit_minutes", &Config::audit_minutes, 0, 1'440, "Beyond audit_days; for trials shorter than a day."},
    {"disk_warn_percent", &Config::disk_warn_percent, 1, 100,
     "From here on the log and the metrics warn that the disk of data_dir fills, percent used."},
    {"disk_full_percent", &Config::disk_full_percent, 1, 100,
     "From here on writes are refused, percent used; reads go on and are recorded."},
    {"backup_dir", &Config::backup_dir, 0, 0, "Folder below which backups are made. Empty: DATA_DIR/backups."},
};

// The largest body, in work, must fit into one sender's half.
constexpr int64_t kMemoryPerBody = 2 * kBodyWorkFactor;

Status SetKey(Config& config, const Key& key, const YAML::Node& value) {
  if (!value.IsScalar()) return base::InvalidField(key.name, "one value");
  const std::string text = value.Scalar();
  if (const auto* member = std::get_if<std::string Config::*>(&key.member)) {
    config.*(*member) = text;
    return absl::OkStatus();
  }
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return base::InvalidField(key.name, "a whole number");
  config.*std::get<int64_t Config::*>(key.member) = number;
  return absl::OkStatus();
}

Status ReadInto(Config& config, const YAML::Node& root) {
  if (root.IsNull()) return absl::OkStatus();
  if (!root.IsMap()) return base::InvalidArgument("config: expected `key: value` lines");
  for (const auto& entry : root) {
    const std::string name = entry.first.Scalar();
    const Key* found = nullptr;
    for (const Key& key : kKeys) {
      if (key.name == name) found = &key;
    }
    if (found == nullptr) return base::InvalidField(name, "a key that `cadastred --print-config` lists");
    RETURN_IF_ERROR(SetKey(config, *found, entry.second));
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<Config> LoadConfig(const std::string& path) {
  Config config;
  if (path.empty()) return config;
  // Streams throw on reading one, which is no error of YAML's.
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return base::InvalidField("--config", base::Cat("a YAML file; ", path, " is a folder"));
  }
  try {
    RETURN_IF_ERROR(ReadInto(config, YAML::LoadFile(path)));
  } catch (const YAML::Exception& error) {
    return base::InvalidArgument("config ", path, ": ", error.what());
  } catch (const std::exception& error) {
    return base::InvalidArgument("config ", path, " cannot be read: ", error.what());
  }
  return config;
}

Status CompleteConfig(Config& config) {
  for (const Key& key : kKeys) {
    const auto* member = std::get_if<int64_t Config::*>(&key.member);
    if (member == nullptr) continue;
    const int64_t value = config.*(*member);
    if (value < key.min || value > key.max) return base::InvalidField(key.name, base::Cat(key.min, " to ", key.max));
  }
  RETURN_IF_ERROR(LogLevelOf(config.log_level).status());
  if (config.history_days == 0 && config.history_minutes == 0) {
    return base::InvalidField("history_days", "at least 1, or history_minutes with it");
  }
  if (config.data_dir.empty()) return base::InvalidField("data_dir", "a folder (--data-dir DIR)");
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return base::InvalidField("tls_key", "set together with tls_certificate");
  }
  if (!config.tls_client_ca.empty() && config.tls_key.empty()) {
    return base::InvalidField("tls_client_ca", "set together with tls_certificate and tls_key");
  }
  if (config.bodies_mib_in_memory < config.body_mib_max * kMemoryPerBody) {
    return base::InvalidField("bodies_mib_in_memory", base::Cat("at least ", kMemoryPerBody, " times body_mib_max"));
  }
  RETURN_IF_ERROR(ParseHostPort(config.http_address, "http_address").status());
  RETURN_IF_ERROR(ParseHostPort(config.grpc_address, "grpc_address").status());
  if (!config.metrics_address.empty()) {
    RETURN_IF_ERROR(ParseHostPort(config.metrics_address, "metrics_address").status());
  }
  if (config.executor_threads == 0) {
    config.executor_threads = std::max<int64_t>(2, std::thread::hardware_concurrency());
  }
  if (config.backup_dir.empty()) config.backup_dir = config.data_dir + "/backups";
  return absl::OkStatus();
}

StatusOr<base::LogLevel> LogLevelOf(std::string_view word) {
  if (word == "debug") return base::LogLevel::kDebug;
  if (word == "info") return base::LogLevel::kInfo;
  if (word == "warning") return base::LogLevel::kWarning;
  if (word == "error") return base::LogLevel::kError;
  return base::InvalidField("log_level", "debug, info, warning or error");
}

bool IsLoopback(std::string_view host) { return host.starts_with("127.") || host == "::1"; }

void WarnOfPlainText(const Config& config) {
  if (!config.tls_certificate.empty()) return;
  for (const auto& [key, address] :
       {std::pair("http_address", config.http_address), {"grpc_address", config.grpc_address}}) {
    const StatusOr<HostPort> at = ParseHostPort(address, key);
    if (!at.ok() || IsLoopback(at->host)) continue;
    base::LogWarning(
        "plain text on an address that other machines reach: tokens and passwords can be read on the way",
        {{"door", key}, {"address", address}, {"advice", "set tls_certificate and tls_key, or listen on 127.0.0.1"}});
  }
}

std::string PrintConfig(const Config& config) {
  std::string out;
  for (const Key& key : kKeys) {
    out += base::Cat("# ", key.meaning, "\n", key.name, ": ");
    if (const auto* text = std::get_if<std::string Config::*>(&key.member)) {
      YAML::Emitter emitter;
      emitter << YAML::DoubleQuoted << config.*(*text);
      out += base::Cat(emitter.c_str(), "\n");
    } else {
      out += base::Cat(config.*std::get<int64_t Config::*>(key.member), "\n");
    }
  }
  return out;
}

StatusOr<HostPort> ParseHostPort(std::string_view text, std::string_view key) {
  const size_t colon = text.rfind(':');
  const Status bad = base::InvalidField(key, "ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:0");
  if (colon == std::string_view::npos || colon == 0) return bad;
  HostPort out;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  out.host = host == "localhost" ? "127.0.0.1" : std::string(host);
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc() || end != port.data() + port.size()) return bad;
  return out;
}

}  // namespace cadastre::server

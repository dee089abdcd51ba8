// cadastred: the server.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "base/log.h"
#include "base/status.h"
#include "server/config.h"
#include "server/doors.h"
#include "server/restore.h"
#include "server/rooms.h"
#include "storage/format.h"
#include "storage/rocksdb_engine.h"

namespace cadastre::server {
namespace {

// Exit codes: 0 stopped, 2 usage or configuration, 3 the store, 4 an address.
constexpr int kUsage = 2;
constexpr int kStore = 3;
constexpr int kAddress = 4;

int Fail(int code, const Status& status) {
  std::fprintf(stderr, "cadastred: %s\n", std::string(base::MessageOf(status)).c_str());
  return code;
}

StatusOr<std::unique_ptr<storage::RocksDbEngine>> OpenStore(const Config& config) {
  std::error_code error;
  std::filesystem::create_directories(config.data_dir, error);
  if (error) return base::Unavailable("data_dir: ", config.data_dir, " cannot be made: ", error.message());
  std::filesystem::permissions(config.data_dir, std::filesystem::perms::owner_all, error);
  ASSIGN_OR_RETURN(auto engine, storage::RocksDbEngine::Open(config.data_dir + "/store", {}));
  RETURN_IF_ERROR(storage::PrepareFormat(engine.get()));
  return engine;
}

int Serve(const Config& config) {
  // Blocked before any thread starts, so that only sigwait below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  base::SystemClock clock;
  auto engine = OpenStore(config);
  if (!engine.ok()) return Fail(kStore, engine.status());
  auto rooms = Rooms::Open(engine->get(), &clock, config);
  if (!rooms.ok()) return Fail(kStore, rooms.status());
  (*rooms)->Start();
  auto doors = Doors::Open(**rooms, config);
  if (!doors.ok()) return Fail(kAddress, doors.status());
  base::LogInfo("serving", {{"http", (*doors)->http_url()}, {"grpc", (*doors)->grpc_address()}});
  int signal = 0;
  sigwait(&signals, &signal);
  base::LogInfo("stopping", {{"signal", signal}});
  (*doors)->Stop(static_cast<int>(config.stop_grace_seconds));
  (*rooms)->Stop();
  base::LogInfo("stopped");
  return 0;
}

int Restore(const Config& config, const std::string& backup) {
  if (Status copied = CopyBackup(backup, config.data_dir); !copied.ok()) return Fail(kStore, copied);
  base::SystemClock clock;
  auto engine = OpenStore(config);
  if (!engine.ok()) return Fail(kStore, engine.status());
  const StatusOr<uint64_t> leaves = VerifyRestored(engine->get(), &clock, config.data_dir);
  if (!leaves.ok()) return Fail(kStore, leaves.status());
  std::printf("restored into %s; the audit log verifies: %llu records\n", config.data_dir.c_str(),
              static_cast<unsigned long long>(*leaves));
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Cadastre: a metadata catalog and lineage graph server");
  std::string config_path;
  std::string data_dir;
  std::string http_address;
  std::string grpc_address;
  bool print_config = false;
  app.add_option("--config", config_path, "YAML file; see --print-config");
  app.add_option("--data-dir", data_dir, "folder of everything this server keeps");
  app.add_option("--http-address", http_address, "HOST:PORT of HTTP; port 0 picks a free one");
  app.add_option("--grpc-address", grpc_address, "HOST:PORT of gRPC; port 0 picks a free one");
  app.add_flag("--print-config", print_config, "print the configuration with its meaning and end");
  std::string backup;
  CLI::App* restore = app.add_subcommand("restore", "make a data folder from a backup, and verify its audit log");
  restore->add_option("--from", backup, "the backup's folder")->required();
  restore->add_option("--data-dir", data_dir, "a folder that is missing or empty")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : kUsage;
  }
  auto config = LoadConfig(config_path);
  if (!config.ok()) return Fail(kUsage, config.status());
  if (!data_dir.empty()) config->data_dir = data_dir;
  if (!http_address.empty()) config->http_address = http_address;
  if (!grpc_address.empty()) config->grpc_address = grpc_address;
  if (print_config) {
    std::cout << PrintConfig(*config);
    return 0;
  }
  if (Status status = CompleteConfig(*config); !status.ok()) return Fail(kUsage, status);
  base::SetLogLevel(*LogLevelOf(config->log_level));
  return restore->parsed() ? Restore(*config, backup) : Serve(*config);
}

}  // namespace
}  // namespace cadastre::server

int main(int argc, char** argv) { return cadastre::server::Main(argc, argv); }

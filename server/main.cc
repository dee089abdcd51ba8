// cadastred: the server.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <utility>

#include "base/disk_space.h"
#include "base/log.h"
#include "base/status.h"
#include "server/config.h"
#include "server/data_folder.h"
#include "server/descriptors.h"
#include "server/doors.h"
#include "server/library_log.h"
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

StatusOr<std::unique_ptr<storage::RocksDbEngine>> OpenStore(const Config& config, const DescriptorPlan& descriptors) {
  storage::RocksDbEngine::Options options;
  options.open_files_max = descriptors.store_files;
  ASSIGN_OR_RETURN(auto engine, storage::RocksDbEngine::Open(config.data_dir + "/store", options));
  RETURN_IF_ERROR(storage::PrepareFormat(engine.get()));
  return engine;
}

// Until one of them arrives; meanwhile gRPC's health is told what is true.
int AwaitSignal(const sigset_t& signals, Doors& doors) {
  constexpr timespec kLook{0, 100'000'000};
  for (;;) {
    doors.TellHealth();
    const int signal = sigtimedwait(&signals, nullptr, &kLook);
    if (signal > 0) return signal;
  }
}

int Serve(Config config) {
  // Blocked before any thread starts, so that only sigwait below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const auto descriptors = PlanDescriptors(static_cast<size_t>(config.connections));
  if (!descriptors.ok()) return Fail(kUsage, descriptors.status());
  config.connections = static_cast<int64_t>(descriptors->connections);
  base::SystemClock clock;
  if (Status whole = CheckRestored(config.data_dir); !whole.ok()) return Fail(kStore, whole);
  if (Status made = PrepareDataFolder(config.data_dir); !made.ok()) return Fail(kStore, made);
  base::DiskSpace::Options space;
  space.warn_percent = static_cast<int>(config.disk_warn_percent);
  space.full_percent = static_cast<int>(config.disk_full_percent);
  // Before the store, which needs some of the reserve to open on a full disk.
  base::DiskSpace disk(config.data_dir, std::move(space));
  auto engine = OpenStore(config, *descriptors);
  if (!engine.ok()) return Fail(kStore, engine.status());
  auto rooms = Rooms::Open(engine->get(), &clock, config, &disk);
  if (!rooms.ok()) return Fail(kStore, rooms.status());
  (*rooms)->Start();
  auto doors = Doors::Open(**rooms, config, (*engine)->Measures());
  if (!doors.ok()) return Fail(kAddress, doors.status());
  base::LogInfo("serving", {{"http", (*doors)->http_url()},
                            {"grpc", (*doors)->grpc_address()},
                            {"files_max", static_cast<int64_t>(descriptors->limit)},
                            {"connections_max", config.connections}});
  WarnOfPlainText(config);
  const int signal = AwaitSignal(signals, **doors);
  base::LogInfo("stopping", {{"signal", signal}});
  // Whoever asks again means now: the next one ends the process at once, which loses nothing that was answered.
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*doors)->Stop(static_cast<int>(config.stop_grace_seconds));
  (*rooms)->Stop();
  base::LogInfo("stopped");
  return 0;
}

int RestoreFrom(Config config, const std::string& backup) {
  const StatusOr<Restore> restore = Restore::Begin(backup, config.data_dir);
  if (!restore.ok()) return Fail(kStore, restore.status());
  const std::string data_dir = std::exchange(config.data_dir, restore->folder());
  base::SystemClock clock;
  const auto descriptors = PlanDescriptors(0);
  if (!descriptors.ok()) return Fail(kUsage, descriptors.status());
  auto engine = OpenStore(config, *descriptors);
  if (!engine.ok()) return Fail(kStore, engine.status());
  const StatusOr<uint64_t> leaves = restore->Verify(engine->get(), &clock);
  if (!leaves.ok()) return Fail(kStore, leaves.status());
  engine->reset();
  if (Status placed = restore->Finish(); !placed.ok()) return Fail(kStore, placed);
  std::printf("restored into %s; the audit log verifies: %llu records\n", data_dir.c_str(),
              static_cast<unsigned long long>(*leaves));
  return 0;
}

int Main(int argc, char** argv) {
  // Whatever the data folder's mode is, what stands in it is this user's.
  umask(S_IRWXG | S_IRWXO);
  CLI::App app("Cadastre: a metadata catalog and lineage graph server");
  app.set_version_flag("--version", CADASTRE_VERSION, "the version and the commit it was built from");
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
  TakeLibraryLogs();
  return restore->parsed() ? RestoreFrom(*config, backup) : Serve(*config);
}

}  // namespace
}  // namespace cadastre::server

int main(int argc, char** argv) { return cadastre::server::Main(argc, argv); }

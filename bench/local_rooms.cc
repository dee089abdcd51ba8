#include "bench/local_rooms.h"

#include <filesystem>
#include <fstream>

#include "base/check.h"
#include "base/status.h"
#include "server/config.h"
#include "server/rpc/method_table.h"
#include "storage/format.h"

namespace cadastre::bench {

StatusOr<std::unique_ptr<LocalRooms>> LocalRooms::Open(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  server::Config config;
  config.data_dir = folder;
  if (Status status = server::CompleteConfig(config); !status.ok()) return status;
  auto local = std::make_unique<LocalRooms>();
  auto engine = storage::RocksDbEngine::Open(folder + "/store", {});
  if (!engine.ok()) return engine.status();
  local->engine_ = *std::move(engine);
  local->counting_ = std::make_unique<CountingEngine>(local->engine_.get());
  if (Status status = storage::PrepareFormat(local->counting_.get()); !status.ok()) return status;
  auto rooms = server::Rooms::Open(local->counting_.get(), &local->clock_, config);
  if (!rooms.ok()) return rooms.status();
  local->rooms_ = *std::move(rooms);
  local->rooms_->Start();
  std::ifstream token(folder + "/admin.token");
  token >> local->admin_token_;
  return local;
}

authz::Call LocalRooms::CallOf(std::string_view operation, const std::string& bearer) const {
  authz::Call call;
  const server::Method* method = rooms_->methods().Find(operation);
  CHECK(method != nullptr) << "an operation of the contract";
  call.operation = &method->operation;
  call.bearer = bearer;
  call.peer = "127.0.0.1";
  call.request_id = "bench";
  return call;
}

}  // namespace cadastre::bench

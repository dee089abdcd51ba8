#include "bench/stage.h"

#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/status.h"
#include "bench/world/policy.h"

namespace cadastre::bench {

Status Stage::Prepare() {
  const std::string mark = folder_ + "/world.loaded";
  const bool there = std::filesystem::exists(mark);
  const StatusOr<ServerProcess*> server = Server();
  if (!server.ok()) return server.status();
  if (!there) {
    std::cout << "loading a world of " << settings_.shape.assets << " assets …" << std::endl;
    const StatusOr<LoadedWorld> loaded = LoadWorld(**server, world_, LoadMarks(folder_));
    if (!loaded.ok()) return loaded.status();
    loaded_ = *loaded;
    resident_after_load_ = (*server)->ResidentBytes();
    std::ofstream(mark) << settings_.world << "\n";
  }
  StatusOr<std::string> wide = ViewerToken(**server, kWideViewer);
  if (!wide.ok()) return wide.status();
  wide_token_ = *std::move(wide);
  StatusOr<std::string> narrow = ViewerToken(**server, kNarrowViewer);
  if (!narrow.ok()) return narrow.status();
  narrow_token_ = *std::move(narrow);
  return absl::OkStatus();
}

StatusOr<ServerProcess*> Stage::Server() {
  if (server_ == nullptr) {
    auto server = ServerProcess::Start(settings_.server, folder_);
    if (!server.ok()) return server.status();
    server_ = *std::move(server);
  }
  return server_.get();
}

std::string Stage::Scratch(const std::string& name) const {
  std::string folder = settings_.folder + "/" + name;
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  std::filesystem::create_directories(folder, error);
  return folder;
}

}  // namespace cadastre::bench

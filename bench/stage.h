// Stage: the loaded world the benches measure, and its server, started when somebody asks for it.
//
// Made by main; thread rule: confined. Errors: those of ServerProcess and LoadWorld.
#pragma once

#include <memory>
#include <string>

#include "base/words.h"
#include "bench/server_process.h"
#include "bench/settings.h"
#include "bench/world_load.h"

namespace cadastre::bench {

class Stage {
 public:
  explicit Stage(const Settings& settings)
      : settings_(settings), world_(settings.shape), folder_(settings.folder + "/world") {}

  // Loads the world where the folder does not hold it yet.
  Status Prepare();
  StatusOr<ServerProcess*> Server();
  void StopServer() { server_.reset(); }
  // An empty folder for one bench's own store.
  std::string Scratch(const std::string& name) const;

  const Settings& settings() const { return settings_; }
  const World& world() const { return world_; }
  // Of the server's data.
  const std::string& folder() const { return folder_; }
  // Nothing in it where the world was there before.
  const LoadedWorld& loaded() const { return loaded_; }
  // Resident bytes of the server right after it took the whole world in.
  double resident_after_load() const { return resident_after_load_; }
  // Tokens of the viewers of 30 % and of 0.1 %.
  const std::string& wide_token() const { return wide_token_; }
  const std::string& narrow_token() const { return narrow_token_; }

 private:
  const Settings& settings_;
  const World world_;
  const std::string folder_;
  std::unique_ptr<ServerProcess> server_;
  LoadedWorld loaded_;
  double resident_after_load_ = 0;
  std::string wide_token_;
  std::string narrow_token_;
};

}  // namespace cadastre::bench
